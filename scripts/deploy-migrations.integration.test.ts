import { execFile } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serverIdentity } from "#k8s/local/tls.ts";
import { deployMigrations } from "#scripts/deploy-migrations.ts";
import { bringUpDatabase } from "#scripts/stack/bring-up.ts";
import { loadStackConfig } from "#scripts/stack/config.ts";
import { type FreshDatabase, freshDatabase } from "#test/support/postgres.ts";
import { startTlsBefore } from "#test/support/postgres-tls.ts";

let database: FreshDatabase;
let folder: string;
beforeEach(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), "slipway-migrations-"));
  cpSync("prisma/migrations", folder, { recursive: true });
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

const add = (name: string, sql: string) => {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "migration.sql"), sql);
};
const rows = async (sql: string) => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
};

test("a migrated database holds exactly one installation, and migrating again changes nothing", async () => {
  expect(await deployMigrations(database.url, folder)).toEqual([]);
  expect(await rows(`SELECT singleton FROM "Installation"`)).toEqual([{ singleton: 1 }]);
});

test("of two deploys at once, one applies a migration and the other finds it done", async () => {
  add("29990101000000_more", "CREATE TABLE more (id int)");
  const both = await Promise.all([deployMigrations(database.url, folder), deployMigrations(database.url, folder)]);
  expect(both.flat()).toEqual(["29990101000000_more"]);
});

test("a migration that fails leaves nothing behind and can be deployed once it is repaired", async () => {
  add("29990101000000_more", "CREATE TABLE more (id int); SELECT 1/0");
  await expect(deployMigrations(database.url, folder)).rejects.toThrow(/29990101000000_more failed: division by zero/);
  expect(await rows("SELECT to_regclass('more') AS found")).toEqual([{ found: null }]);
  writeFileSync(join(folder, "29990101000000_more", "migration.sql"), "CREATE TABLE more (id int)");
  expect(await deployMigrations(database.url, folder)).toEqual(["29990101000000_more"]);
});

test("a migration edited after it was applied is refused by name", async () => {
  appendFileSync(join(folder, "20261122000000_init", "migration.sql"), "-- edited\n");
  await expect(deployMigrations(database.url, folder)).rejects.toThrow(/20261122000000_init was changed after/);
});

test("a database newer than this checkout is left alone", async () => {
  add("29990101000000_more", "CREATE TABLE more (id int)");
  await deployMigrations(database.url, folder);
  expect(await deployMigrations(database.url)).toEqual([]);
});

const POOLER = "postgresql://nobody@127.0.0.1:1/nothing";
const deployAlone = async (env: Record<string, string>) =>
  (await promisify(execFile)(process.execPath, ["scripts/deploy-migrations.ts"], { env })).stdout;

test("migrations go past the pooler, whose sessions hold no lock: in a cluster and under npm start", async () => {
  const env = { DATABASE_URL: POOLER, DATABASE_DIRECT_URL: database.url };
  expect(await deployAlone(env)).toBe("the schema is up to date\n");
  const answered = bringUpDatabase(loadStackConfig(env, folder), () => Promise.reject(new Error("starts none")));
  expect(await answered).toBe(POOLER);
});

test("a database under an authority of one's own is verified in full once that is in NODE_EXTRA_CA_CERTS", async () => {
  const identity = await serverIdentity(join(folder, "pki"), "127.0.0.1");
  const tls = await startTlsBefore(database.url, identity);
  const DATABASE_URL = `${tls.url}?sslmode=verify-full`;
  try {
    await expect(deployAlone({ DATABASE_URL })).rejects.toThrow(/self-signed certificate/);
    const said = await deployAlone({ DATABASE_URL, NODE_EXTRA_CA_CERTS: join(folder, "pki/server.crt") });
    expect(said).toBe("the schema is up to date\n");
  } finally {
    tls.close();
  }
});
