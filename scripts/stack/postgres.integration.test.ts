import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Postgres, startPostgres } from "#scripts/stack/postgres.ts";
import { isRunning, sendSignal } from "#scripts/stack/process.ts";

let home: string;
let postgres: Postgres | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-postgres-"));
});
afterEach(async () => {
  await postgres?.stop();
  rmSync(home, { recursive: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

test("what was committed before kill -9 is there after the next start, on the same port", async () => {
  postgres = await startPostgres({ home });
  await query(postgres.url(), "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)");
  sendSignal(postgres.process, "SIGKILL");
  const again = await startPostgres({ home });
  expect(again.port).toBe(postgres.port);
  postgres = again;
  expect(await query(again.url(), "SELECT id FROM kept")).toEqual([{ id: 1 }]);
});

test("one that outlived its supervisor is replaced, not joined by a second on the same data", async () => {
  const survivor = await startPostgres({ home });
  postgres = await startPostgres({ home });
  expect(isRunning(survivor.process)).toBe(false);
  expect(await query(postgres.url(), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("its password is nobody else's to read, and without it nobody comes in", async () => {
  postgres = await startPostgres({ home });
  expect(statSync(join(home, "postgres-password")).mode & 0o077).toBe(0);
  const url = new URL(postgres.url());
  url.password = "wrong";
  await expect(query(url.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
});

test.runIf(process.getuid?.() === 0)(
  "run by root below a folder that is closed to others it starts, stops and starts",
  async () => {
    const closed = join(home, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const first = await startPostgres({ home: join(closed, "home"), throwaway: true });
    await query(first.url(), "CREATE TABLE kept AS SELECT 1 AS id");
    await first.stop();
    postgres = await startPostgres({ home: join(closed, "home"), throwaway: true });
    expect(await query(postgres.url(), "SELECT id FROM kept")).toEqual([{ id: 1 }]);
    expect(statSync(closed).mode & 0o777).toBe(0o700);
  },
);
