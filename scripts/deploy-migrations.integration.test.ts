import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deployMigrations } from "#scripts/deploy-migrations.ts";
import { type FreshDatabase, freshDatabase } from "#test/support/postgres.ts";

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
