import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addRevision,
  createEndpoint,
  predict,
  putTraffic,
  registerModel,
  startTestCluster,
  startWorld,
  type TestCluster,
  until,
  untilApplied,
  type World,
  writtenRows,
} from "#test/support/worker-harness.ts";
import type { WorkerProcess } from "#test/support/worker-process.ts";

let cluster: TestCluster;
let world: World;
let worker: WorkerProcess;
beforeAll(async () => {
  cluster = await startTestCluster();
  world = await startWorld(cluster);
  worker = world.startWorker({ WORKER_RESYNC_MS: "400", WORKER_HEALTH_MS: "600000" });
  await registerModel(world, "scale", [2, 3]);
}, 180_000);
afterAll(async () => {
  await world.close();
  await cluster.close();
});

type Conditions = { type: string; status: string; reason: string }[];
const statusOf = (conditions: Conditions) => Object.fromEntries(conditions.map((c) => [c.type, c.status]));
const namesOf = (resource: string, endpoint: string) =>
  world
    .objects(resource)
    .filter((object) => object.metadata.labels?.["slipway.dev/endpoint"] === endpoint)
    .map((object) => object.metadata.name)
    .sort();

test("a first revision is deployed, published once it is ready, and applied once every router said so", async () => {
  await createEndpoint(world, "first");
  const created = await addRevision(world, "first", "scale", 1);
  expect(created).toMatchObject({ revision: 1, plan: { number: 1, status: "pending" } });
  const view = await untilApplied(world, "first", 1);
  expect(view.plan).toMatchObject({ acknowledged: "2/2", routerSilent: null });
  expect(Date.parse(view.plan.firstServedAt)).toBeLessThanOrEqual(Date.parse(view.plan.appliedAt));
  expect(await predict(world, "first")).toEqual({ status: 200, plan: "1", revision: "1", y: 2 });
  expect(statusOf(view.revisions[0].conditions)).toEqual({ ArtifactPresent: "True", Ready: "True" });
  expect(statusOf(view.conditions)).toEqual({ Published: "True" });
});

test("a second revision gets pods at 0 %, then all traffic; the first stays warm for a rollback", async () => {
  await addRevision(world, "first", "scale", 2);
  await untilApplied(world, "first", 2);
  expect(await predict(world, "first")).toMatchObject({ revision: "1" });
  await putTraffic(world, "first", 2, { 2: 100 });
  await untilApplied(world, "first", 3);
  expect(await predict(world, "first")).toEqual({ status: 200, plan: "3", revision: "2", y: 3 });
  const plans = (await world.call("GET", "/endpoints/first/plans")).items;
  expect(plans.map((plan: { number: number; status: string }) => [plan.number, plan.status])).toEqual([
    [3, "applied"],
    [2, "applied"],
    [1, "applied"],
  ]);
  expect(plans[1].supersededAt).not.toBeNull();
  expect(namesOf("deployments.apps", "first")).toEqual(["first-r1", "first-r2"]);
  expect(world.objects("deployments.apps").find((d) => d.metadata.name === "first-r1")?.spec.replicas).toBe(1);
});

test("twenty rollbacks to a warm revision, and every answer after `applied` is of the plan that was applied", async () => {
  await until("r1 to be warm", async () => {
    const view = await world.call("GET", "/endpoints/first");
    return view.revisions.every((r: { readyReplicas: number }) => r.readyReplicas === 1);
  });
  for (let i = 0; i < 20; i++) {
    const plan = await world.call("POST", "/endpoints/first/rollback", {
      body: i === 0 ? {} : { toPlan: 2 + (i % 2) },
    });
    while (
      (await world.db.read.trafficPlanStatus.findFirstOrThrow({ where: { plan: { number: plan.number } } })).state !==
      "applied"
    );
    expect(await predict(world, "first")).toMatchObject({
      plan: String(plan.number),
      revision: i % 2 === 0 ? "1" : "2",
    });
  }
});

test("a worker that finds nothing to do writes nothing, to the cluster or to the database", async () => {
  const reconciled = () => worker.metric("slipway_worker_reconciles_total");
  await until("an endpoint at rest", async () => {
    const before = await writtenRows(world);
    const target = (await reconciled()) + 4;
    await until("two resyncs", async () => (await reconciled()) >= target);
    return before === (await writtenRows(world));
  });
  const writes: string[] = [];
  const stop = cluster.api.store.subscribe(({ type, resource, object }) => {
    writes.push(`${type} ${resource} ${object.metadata.name}`);
  });
  const before = await writtenRows(world);
  // While something is under way a resync may be first to see it; at rest it has nothing to correct.
  const corrections = () => worker.metric("slipway_worker_resync_corrections_total");
  const correctedBefore = await corrections();
  const target = (await reconciled()) + 12;
  await until("six resyncs", async () => (await reconciled()) >= target);
  stop();
  expect(writes).toEqual([]);
  expect(await writtenRows(world)).toBe(before);
  expect(await corrections()).toBe(correctedBefore);
});

test("a dry run shows what would be made and makes nothing", async () => {
  const before = namesOf("deployments.apps", "first");
  const answer = await world.call("POST", "/endpoints/first/revisions?dryRun=true", {
    body: { model: "scale", version: "1", replicas: { min: 2 } },
  });
  expect(
    answer.differences.map((d: { kind: string; name: string; action: string }) => [d.kind, d.name, d.action]),
  ).toEqual([
    ["Deployment", "first-r3", "create"],
    ["Service", "first-r3", "create"],
    ["PodDisruptionBudget", "first-r3", "create"],
  ]);
  expect(answer.objects[0]).toMatchObject({ kind: "Deployment", spec: { replicas: 2 } });
  expect(namesOf("deployments.apps", "first")).toEqual(before);
});

test("a dry run for an endpoint that is not there yet asks the cluster, and makes neither it nor its objects", async () => {
  const dryRun = (name: string, body: object, query = "?dryRun=true&environment=local") =>
    world.call("POST", `/endpoints/${name}/revisions${query}`, { body: { model: "scale", version: "1", ...body } });
  const answer = await dryRun("not-yet", { newEndpoint: true });
  expect(answer.differences.map((d: { name: string; action: string }) => [d.name, d.action])).toEqual([
    ["not-yet-r1", "create"],
    ["not-yet-r1", "create"],
  ]);
  expect(namesOf("deployments.apps", "not-yet")).toEqual([]);
  expect((await world.rest.call("GET", "/endpoints/not-yet")).status).toBe(404);
});

test("what a person changes by hand is put right, and said once", async () => {
  await cluster.kube.apply(
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "first-r1", namespace: world.namespace },
      spec: { replicas: 3 },
    },
    { manager: "somebody", force: true },
  );
  const condition = await until("the conflict to be reported", async () => {
    const view = await world.call("GET", "/endpoints/first");
    return view.conditions.find(
      (c: { type: string; status: string }) => c.type === "FieldConflict" && c.status === "True",
    );
  });
  expect(condition.message).toContain("replicas");
  expect(condition.message).toContain("somebody");
  await until("the replicas to be ours again", async () =>
    world.objects("deployments.apps").some((d) => d.metadata.name === "first-r1" && d.spec.replicas === 1),
  );
});

test("pods that a person adds to a revision with traffic are taken back", async () => {
  const { plan, revisions } = await world.call("GET", "/endpoints/first");
  const [{ revision }] = plan.entries.filter((entry: { weightPercent: number }) => entry.weightPercent > 0);
  const { replicas } = revisions.find((one: { revision: number }) => one.revision === revision);
  const name = `first-r${revision}`;
  const found = () => world.objects("deployments.apps").find((object) => object.metadata.name === name);
  const before = found()?.metadata.generation ?? 0;
  await cluster.kube.apply(
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: world.namespace },
      spec: { replicas: replicas.min + 2 },
    },
    { manager: "somebody", force: true },
  );
  await until("the replicas to be ours again", async () => {
    const now = found();
    return (now?.metadata.generation ?? 0) >= before + 2 && now?.spec.replicas === replicas.min;
  });
});

test("a deleted endpoint leaves the routers first, then the cluster; the row stays", async () => {
  await world.call("DELETE", "/endpoints/first");
  await until("the purge", async () => (await world.db.read.endpointStatus.findFirst())?.purgedAt);
  for (const resource of ["configmaps", "deployments.apps", "services"]) expect(namesOf(resource, "first")).toEqual([]);
  expect((await predict(world, "first")).status).toBe(404);
  const [plan] = await world.db.read.trafficPlan.findMany({
    orderBy: { number: "desc" },
    take: 1,
    include: { status: true },
  });
  expect(plan).toMatchObject({ kind: "delete", status: { state: "applied" } });
});

test("the name is free again, for an endpoint of its own", async () => {
  await createEndpoint(world, "first");
  await addRevision(world, "first", "scale", 2);
  await untilApplied(world, "first", 1);
  expect(await predict(world, "first")).toMatchObject({ status: 200, y: 3 });
});

test("health is judged when something is new, and not only in its turn", async () => {
  await createEndpoint(world, "judged");
  await addRevision(world, "judged", "scale", 1);
  await untilApplied(world, "judged", 1);
  // There is no Prometheus in this world.
  await until("its health after the change", async () => {
    const { health } = await world.call("GET", "/endpoints/judged");
    return health.state !== "Deploying" && health.blind !== null;
  });
});
