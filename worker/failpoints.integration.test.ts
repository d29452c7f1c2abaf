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
} from "#test/support/worker-harness.ts";
import { FAILPOINTS, type Failpoint } from "./runtime/failpoint.ts";

let cluster: TestCluster;
let world: World;
let versions = 0;

const DEPLOY: Failpoint[] = [
  "before-plan-zero",
  "after-plan-zero",
  "before-artifact-upload",
  "after-artifact-upload",
  "before-revision-objects",
  "between-revision-objects",
  "after-revision-objects",
  "before-publish",
  "after-publish",
  "before-report",
  "after-report",
  "before-applied",
  "after-applied",
];
const ROLLBACK: Failpoint[] = [
  "before-publish",
  "after-publish",
  "before-report",
  "after-report",
  "before-applied",
  "after-applied",
];
const SCALE_DOWN: Failpoint[] = ["before-scale-down", "after-scale-down"];
const DELETE: Failpoint[] = ["after-publish", "before-purge", "after-purge", "before-purged", "after-purged"];

beforeAll(async () => {
  cluster = await startTestCluster();
  // Pods that no plan names go at once: every change of traffic is a scale-down and a cold start too.
  world = await startWorld(cluster, { warmFullMinutes: 0 });
  // A version for each deploy, so that each has an artifact to bring.
  await registerModel(
    world,
    "scale",
    Array.from({ length: 2 * DEPLOY.length + 8 }, (_, i) => i + 2),
  );
  await withWorker(async () => {
    await createEndpoint(world, "flip");
    await addRevision(world, "flip", "scale", ++versions);
    await untilApplied(world, "flip", 1);
    await addRevision(world, "flip", "scale", ++versions);
    await untilApplied(world, "flip", 2);
    await putTraffic(world, "flip", 2, { 2: 100 });
    await untilApplied(world, "flip", 3);
    for (const at of DELETE) {
      await createEndpoint(world, doomed(at));
      await addRevision(world, doomed(at), "scale", 1);
    }
    for (const at of DELETE) await untilApplied(world, doomed(at), 1, 60_000);
  });
}, 180_000);
afterAll(async () => {
  await world.close();
  await cluster.close();
});

const doomed = (at: Failpoint) => `x-${at}`;

async function withWorker<T>(work: () => Promise<T>): Promise<T> {
  const worker = world.startWorker();
  const result = await work();
  await worker.kill("SIGTERM");
  return result;
}

/** A worker that dies at the step acts on what `act` decides; then another takes up what it left. */
async function dieAt<T>(failpoint: Failpoint, act: () => Promise<T>, recovered: (decided: T) => Promise<unknown>) {
  const dying = world.startWorker({ SLIPWAY_FAILPOINT: failpoint });
  await dying.logged("leading");
  const decided = await act();
  expect(await dying.exited).toBe("SIGKILL");
  await withWorker(() => recovered(decided));
  return decided;
}

const objectsOf = (endpoint: string) =>
  ["configmaps", "deployments.apps", "services"].flatMap((resource) =>
    world
      .objects(resource)
      .filter((object) => object.metadata.labels?.["slipway.dev/endpoint"] === endpoint)
      .map((object) => `${object.kind} ${object.metadata.name}`),
  );
/** Pods just started may still be hidden from one router: what counts here is that they come to answer. */
const answered = (endpoint: string) =>
  until(`an answer of ${endpoint}`, async () => {
    const answer = await predict(world, endpoint);
    return answer.status === 200 && answer;
  });
const orphans = async () => {
  const conditions = await world.db.read.condition.findMany({ where: { type: "Orphans", status: "True" } });
  return conditions.map((condition) => condition.message);
};

test("every step at which a worker can be killed is in one of the tests below", () => {
  expect(new Set([...DEPLOY, ...ROLLBACK, ...SCALE_DOWN, ...DELETE])).toEqual(new Set(FAILPOINTS));
});

test.each(DEPLOY)(
  "killed in a deploy at %s, the next worker finishes it: each object once, and it answers",
  async (at) => {
    const name = `d-${DEPLOY.indexOf(at)}`;
    const version = ++versions;
    const created = await dieAt(
      at,
      async () => {
        await createEndpoint(world, name);
        return addRevision(world, name, "scale", version);
      },
      () => untilApplied(world, name, 1),
    );
    expect(created.plan.number).toBe(1);
    expect(objectsOf(name).sort()).toEqual([`ConfigMap ${name}-plan`, `Deployment ${name}-r1`, `Service ${name}-r1`]);
    expect(await answered(name)).toEqual({ status: 200, plan: "1", revision: "1", y: version + 1 });
    expect(await orphans()).toEqual([]);
  },
);

let plan = 3;
test.each(ROLLBACK)("killed in a rollback at %s, the next worker finishes it", async (at) => {
  const before = await predict(world, "flip");
  const { number, repeatsPlan } = await dieAt(
    at,
    () => world.call("POST", "/endpoints/flip/rollback", { body: { toPlan: plan - 1 } }),
    ({ number }) => untilApplied(world, "flip", number),
  );
  expect(repeatsPlan).toBe(plan - 1);
  plan = number;
  const after = await answered("flip");
  expect(after.plan).toBe(String(plan));
  expect(after.revision).not.toBe(before.revision);
  expect(await orphans()).toEqual([]);
});

test("a plan that was out when a newer one was decided is known to be served while that one waits", async () => {
  const dying = world.startWorker({ SLIPWAY_FAILPOINT: "after-publish" });
  await dying.logged("leading");
  await createEndpoint(world, "overtaken");
  await addRevision(world, "overtaken", "scale", 1);
  expect(await dying.exited).toBe("SIGKILL");
  // It never gets ready.
  await addRevision(world, "overtaken", "scale", 2, { env: { KEY: { secretRef: { name: "none", key: "k" } } } });
  await putTraffic(world, "overtaken", 2, { 1: 0, 2: 100 });
  expect(await answered("overtaken")).toMatchObject({ plan: "1", revision: "1" });
  await withWorker(() =>
    until("plan 1 to be known", async () => {
      const at = new Date().toISOString();
      const { items } = await world.call("GET", `/endpoints/overtaken/plans?at=${at}`);
      return items[0]?.number === 1;
    }),
  );
});

test.each(SCALE_DOWN)("killed in a scale-down at %s, the next worker finishes it", async (at) => {
  const dropped = Number((await predict(world, "flip")).revision);
  const kept = 3 - dropped;
  const replicas = () =>
    world.objects("deployments.apps").find((d) => d.metadata.name === `flip-r${dropped}`)?.spec.replicas;
  const { number } = await dieAt(
    at,
    () => putTraffic(world, "flip", plan, { [kept]: 100 }),
    () => until("no pods of what no plan names", async () => replicas() === 0),
  );
  plan = number;
  expect((await answered("flip")).revision).toBe(String(kept));
});

test.each(DELETE)("killed in a deletion at %s, the next worker finishes it: nothing is left", async (at) => {
  const name = doomed(at);
  const { uid } = await world.db.read.endpoint.findFirstOrThrow({ where: { name } });
  await dieAt(
    at,
    () => world.call("DELETE", `/endpoints/${name}`),
    () =>
      until(`the purge of ${name}`, async () => {
        const status = await world.db.read.endpointStatus.findUnique({ where: { endpointUid: uid } });
        return status?.purgedAt;
      }),
  );
  expect(objectsOf(name)).toEqual([]);
  expect((await predict(world, name)).status).toBe(404);
});
