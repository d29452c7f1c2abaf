import { afterAll, beforeAll, expect, test } from "vitest";
import { isPassword } from "#server/auth/password.ts";
import { openDatabase } from "#server/db/client.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { type Rest, startRest } from "#test/support/rest.ts";
import { ensureInstallation } from "./ensure.ts";
import { whyNotReady, whyNotSetUp } from "./ready.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
});
afterAll(() => rest.close());

const db = () => rest.container.services.db;
const audits = () => db().read.audit.count();

test("ten starts at once seed one of each, and a later start changes and audits nothing", async () => {
  const before = await audits();
  const ids = await Promise.all(
    Array.from({ length: 10 }, async () => (await ensureInstallation(db(), rest.container.config)).installationId),
  );
  expect(new Set(ids)).toEqual(new Set([rest.installationId]));
  expect(await audits()).toBe(before);
  const { read } = db();
  expect([await read.user.count(), await read.cluster.count(), await read.environment.count()]).toEqual([1, 1, 1]);
});

test("a worker that leads already is told of the first cluster and of its environment", async () => {
  const { read } = db();
  const [cluster, environment] = [await read.cluster.findFirstOrThrow(), await read.environment.findFirstOrThrow()];
  expect(await read.change.findMany({ orderBy: { id: "asc" }, select: { kind: true, key: true } })).toEqual([
    { kind: "cluster", key: cluster.id },
    { kind: "environment", key: environment.id },
  ]);
});

test("the first administrator's password is kept as a hash that knows it", async () => {
  const user = await db().read.user.findFirstOrThrow();
  expect(user).toMatchObject({ email: "admin@slipway.local", role: "administrator" });
  const { password } = await db().read.account.findFirstOrThrow({ where: { userId: user.id } });
  expect(password).not.toContain("correct");
  expect(await isPassword("correct horse battery", password ?? "")).toBe(true);
  expect(await isPassword("correct horse", password ?? "")).toBe(false);
});

test("a gateway that moved is told to the environment once, with one audit and one change row", async () => {
  const before = [await audits(), await db().read.change.count()];
  const { config } = rest.container;
  const moved = { ...config, localEnvironment: { ...config.localEnvironment, gatewayUrl: "http://127.0.0.1:8099" } };
  await ensureInstallation(db(), moved);
  await ensureInstallation(db(), moved);
  expect([await audits(), await db().read.change.count()]).toEqual(before.map((count) => count + 1));
  expect((await rest.call("GET", "/environments")).body.items[0]).toMatchObject({
    gatewayUrl: "http://127.0.0.1:8099",
    generation: 2,
  });
});

test("a cluster that SLIPWAY_CLUSTER_NAME calls otherwise than at the first start keeps its name and its environments", async () => {
  await ensureInstallation(db(), rest.container.config);
  const before = [await audits(), await db().read.cluster.count(), await db().read.environment.count()];
  const renamed = { ...rest.container.config, clusterName: "renamed" };
  expect(await ensureInstallation(db(), renamed)).toMatchObject({ clusterName: rest.container.config.clusterName });
  expect([await audits(), await db().read.cluster.count(), await db().read.environment.count()]).toEqual(before);
});

test("a database without one of our migrations is not ready, and says which", async () => {
  const dir = rest.container.config.migrationsDir;
  expect(await whyNotReady(db(), dir)).toBeNull();
  await db().read.$executeRaw`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%_init'`;
  expect(await whyNotReady(db(), dir)).toContain("_init");
});

test("until an installation has its first environment, web is not ready; a deleted one was one", async () => {
  const fresh = await freshDatabase();
  const empty = openDatabase(fresh.url);
  expect(await whyNotSetUp(empty)).toBe("This installation is still being set up.");
  await ensureInstallation(empty, rest.container.config);
  expect(await whyNotSetUp(empty)).toBeNull();
  await empty.read.environment.updateMany({ data: { removedAt: new Date() } });
  expect(await whyNotSetUp(empty)).toBeNull();
  await empty.close();
  await fresh.drop();
});
