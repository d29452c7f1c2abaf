import { afterAll, beforeAll, expect, test } from "vitest";
import { CONFLICT, everySecond, RESET, SERVER_ERROR, TOO_OLD } from "#k8s/local/http/faults.ts";
import type { Verb } from "#k8s/local/http/route.ts";
import {
  addRevision,
  createEndpoint,
  predict,
  processOfPod,
  putTraffic,
  registerModel,
  startTestCluster,
  startWorld,
  type TestCluster,
  until,
  untilApplied,
  type World,
} from "#test/support/worker-harness.ts";
import type { WorkerProcess } from "#test/support/worker-process.ts";

let cluster: TestCluster;
let world: World;
let worker: WorkerProcess;
let plan = 2;
beforeAll(async () => {
  cluster = await startTestCluster();
  world = await startWorld(cluster);
  worker = world.startWorker();
  await registerModel(world, "scale", [2, 3]);
  await createEndpoint(world, "flip");
  await addRevision(world, "flip", "scale", 1);
  await addRevision(world, "flip", "scale", 2);
  await untilApplied(world, "flip", 2);
}, 180_000);
afterAll(async () => {
  await world.close();
  await cluster.close();
});

const WRITES = new Set<Verb>(["create", "update", "patch", "delete"]);
const environmentCondition = (type: string) =>
  world.db.read.condition.findFirst({ where: { subjectKind: "environment", type } });
const flip = async () => {
  const { number } = await putTraffic(world, "flip", plan, plan % 2 === 0 ? { 1: 0, 2: 100 } : { 1: 100, 2: 0 });
  plan = number;
  return number as number;
};

test("every second write answered with 409: each is tried again until all is as decided", async () => {
  const stop = cluster.api.faults.add(everySecond(({ verb }) => WRITES.has(verb), CONFLICT));
  try {
    await untilApplied(world, "flip", await flip());
    await createEndpoint(world, "contested");
    await addRevision(world, "contested", "scale", 1);
    await untilApplied(world, "contested", 1);
  } finally {
    stop();
  }
  expect(await predict(world, "contested")).toMatchObject({ status: 200, y: 2 });
});

test("every watch broken and answered with 500, then 410: what happened meanwhile is found", async () => {
  const rules = [
    cluster.api.faults.add(everySecond(({ verb }) => verb === "watch", SERVER_ERROR)),
    cluster.api.faults.add(everySecond(({ verb }) => verb === "watch", TOO_OLD)),
  ];
  try {
    cluster.api.resetConnections();
    await untilApplied(world, "flip", await flip());
    cluster.api.resetConnections();
    await untilApplied(world, "flip", await flip());
  } finally {
    for (const stop of rules) stop();
  }
});

test("while the API is away, intent is accepted, nothing is claimed, and staleness has a beginning", async () => {
  const stop = cluster.api.faults.add(() => RESET);
  cluster.api.resetConnections();
  let number: number;
  try {
    const gone = await until("the outage to be reported", async () => {
      const condition = await environmentCondition("ClusterReachable");
      return condition?.status === "False" && condition;
    });
    expect(gone.lastTransitionAt.getTime()).toBeLessThanOrEqual(Date.now());
    number = await flip();
    const { observedAt } = await world.db.read.environmentStatus.findFirstOrThrow();
    const failures = () => worker.metric("slipway_worker_reconciles_total", { kind: "endpoint", result: "failed" });
    const target = (await failures()) + 3;
    await until("three attempts", async () => (await failures()) >= target);
    expect((await world.call("GET", "/endpoints/flip")).plan).toMatchObject({ number, status: "pending" });
    expect((await world.db.read.environmentStatus.findFirstOrThrow()).observedAt).toEqual(observedAt);
    expect((await predict(world, "flip")).status).toBe(200);
  } finally {
    stop();
  }
  await untilApplied(world, "flip", number, 45_000);
  await until(
    "the return to be reported",
    async () => (await environmentCondition("ClusterReachable"))?.status === "True",
  );
});

test("an endpoint whose objects the cluster refuses degrades alone, and says what the cluster said", async () => {
  const stop = cluster.api.faults.add(({ verb, name }) =>
    WRITES.has(verb) && name === "poison-r1"
      ? { kind: "status", code: 422, reason: "Invalid", message: "spec.poison: is not allowed" }
      : undefined,
  );
  try {
    await createEndpoint(world, "poison");
    await addRevision(world, "poison", "scale", 1);
    const degraded = await until("the endpoint to be degraded", async () => {
      const view = await world.call("GET", "/endpoints/poison");
      return view.conditions.find(
        (c: { type: string; status: string }) => c.type === "Degraded" && c.status === "True",
      );
    });
    expect(degraded.message).toContain("spec.poison: is not allowed");
    await untilApplied(world, "flip", await flip());
  } finally {
    stop();
  }
  await untilApplied(world, "poison", 1, 45_000);
  await until("the complaint to be withdrawn", async () => {
    const view = await world.call("GET", "/endpoints/poison");
    return view.conditions.some((c: { type: string; status: string }) => c.type === "Degraded" && c.status === "False");
  });
});

test.each([
  ["held", 403, "Forbidden", "exceeded quota: gpus"],
  // So an API server answers for an admission webhook that is down.
  ["hooked", 500, "InternalError", "failed calling webhook: no endpoints available"],
])(
  "a revision that the cluster refuses keeps neither another one from its pods nor a rollback from its proof: %s",
  async (endpoint, code, reason, message) => {
    await createEndpoint(world, endpoint);
    await addRevision(world, endpoint, "scale", 1);
    await untilApplied(world, endpoint, 1);
    const stop = cluster.api.faults.add(({ verb, name }) =>
      WRITES.has(verb) && name === `${endpoint}-r2` ? { kind: "status", code, reason, message } : undefined,
    );
    try {
      await addRevision(world, endpoint, "scale", 2);
      await addRevision(world, endpoint, "scale", 2);
      await untilApplied(world, endpoint, 3);
      await putTraffic(world, endpoint, 3, { 1: 50, 2: 0, 3: 50 });
      const view = await untilApplied(world, endpoint, 4);
      expect(view.conditions).toContainEqual(
        expect.objectContaining({
          type: "Degraded",
          status: "True",
          message: expect.stringContaining(message),
        }),
      );
      const back = await world.call("POST", `/endpoints/${endpoint}/rollback`, { body: { toPlan: 3 } });
      await untilApplied(world, endpoint, back.number);
    } finally {
      stop();
    }
  },
);

test("a paused router: the plan is not applied, the router is named, and going on settles it", async () => {
  const pods = world.objects("pods").filter((pod) => pod.metadata.labels?.["slipway.dev/component"] === "router");
  const [paused] = pods;
  if (paused === undefined) throw new Error("no router");
  const pid = processOfPod(paused.metadata.uid);
  process.kill(pid, "SIGSTOP");
  try {
    const number = await flip();
    const view = await until("the silence to be reported", async () => {
      const seen = await world.call("GET", "/endpoints/flip");
      return seen.plan.routerSilent !== null && seen;
    });
    expect(view.plan).toMatchObject({ number, status: "pending", acknowledged: "1/2", appliedAt: null });
    expect(view.plan.routerSilent).toMatch(new RegExp(`^${paused.metadata.name} on local since \\d{4}-`));
    expect(view.plan.firstServedAt).not.toBeNull();
  } finally {
    process.kill(pid, "SIGCONT");
  }
  const settled = await untilApplied(world, "flip", plan);
  expect(settled.plan.routerSilent).toBeNull();
});
