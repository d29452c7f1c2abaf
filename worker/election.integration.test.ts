import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createEndpoint,
  startTestCluster,
  startWorld,
  type TestCluster,
  until,
  type World,
} from "#test/support/worker-harness.ts";
import type { WorkerProcess } from "#test/support/worker-process.ts";

let cluster: TestCluster;
let world: World;
let leader: WorkerProcess;
beforeAll(async () => {
  cluster = await startTestCluster();
  world = await startWorld(cluster);
  leader = world.startWorker();
  await leader.logged("leading");
}, 180_000);
afterAll(async () => {
  await world.close();
  await cluster.close();
});

const reconciled = async (name: string) => {
  const { uid } = await createEndpoint(world, name);
  return until(`${name} to be seen`, () => world.db.read.endpointStatus.findUnique({ where: { endpointUid: uid } }));
};
const led = (worker: WorkerProcess) => worker.lines.some((line) => line.msg === "leading");

test("a second worker stands by, and leads as soon as the first is killed", async () => {
  const standby = world.startWorker();
  await standby.logged("waiting for leadership");
  await reconciled("while-two-run");
  expect(led(standby)).toBe(false);
  expect(await standby.metric("slipway_worker_leader")).toBe(0);
  await leader.kill("SIGKILL");
  await standby.logged("leading");
  await reconciled("after-the-kill");
  leader = standby;
});

test("a leader that is asked to stop lets go at once", async () => {
  const standby = world.startWorker();
  await standby.logged("waiting for leadership");
  leader.child.kill("SIGTERM");
  expect(await leader.exited).toBe(0);
  await standby.logged("leading");
  leader = standby;
});

test("a leader that loses the connection with its lock ends itself, for another leads by then", async () => {
  const standby = world.startWorker();
  await standby.logged("waiting for leadership");
  await world.db.read.$queryRaw`
    SELECT pg_terminate_backend(pid)::text FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objid = 7114702
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  expect(await leader.exited).toBe(1);
  await standby.logged("leading");
  await reconciled("after-the-loss");
  leader = standby;
});

test("a change whose notification is lost is found by reading on", async () => {
  leader.child.kill("SIGTERM");
  await leader.exited;
  leader = world.startWorker({ WORKER_POLL_MS: "100" });
  await leader.logged("leading");
  const { uid } = await createEndpoint(world, "silent-change");
  await until("its first look", () => world.db.read.endpointStatus.findUnique({ where: { endpointUid: uid } }));
  await world.db.read.endpoint.update({ where: { uid }, data: { generation: 7 } });
  // The row alone, as if its notification had been lost.
  await world.db.read.change.create({ data: { kind: "endpoint", key: uid } });
  await until("the generation to be observed", async () => {
    const status = await world.db.read.endpointStatus.findUnique({ where: { endpointUid: uid } });
    return status?.observedGeneration === 7;
  });
});

test("a worker whose migrations the database lacks neither leads nor is ready, until it has them", async () => {
  await leader.kill("SIGKILL");
  const [last] = await world.db.read.$queryRaw<{ name: string }[]>`
    UPDATE _prisma_migrations SET finished_at = NULL
    WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations) RETURNING migration_name AS name`;
  const early = world.startWorker();
  await early.logged("not ready yet");
  expect(early.lines.at(-1)).toMatchObject({ why: expect.stringContaining(last?.name ?? "none") });
  expect((await early.ask("/health/ready")).status).toBe(503);
  await world.db.read
    .$executeRaw`UPDATE _prisma_migrations SET finished_at = clock_timestamp() WHERE finished_at IS NULL`;
  await early.logged("leading");
  expect(early.lines.map(({ msg }) => msg).slice(0, 3)).toEqual([
    "listening",
    "not ready yet",
    "waiting for leadership",
  ]);
  expect((await early.ask("/health/ready")).status).toBe(200);
  leader = early;
});
