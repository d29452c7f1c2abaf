import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LEADER_LOCK } from "#server/db/leader-lock.ts";
import { type Rest, startRest } from "#test/support/rest.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
});
afterAll(() => rest.close());

const check = async (name: string) => {
  const { checks } = (await rest.call("GET", "/system")).body;
  return checks.find((one: { name: string }) => one.name === name);
};

test("a worker leads exactly while somebody holds the workers' lock of this database", async () => {
  expect(await check("Worker")).toMatchObject({ state: "failed", fix: expect.stringContaining("Start a worker") });
  const worker = new pg.Client({ connectionString: rest.databaseUrl });
  await worker.connect();
  try {
    await worker.query("SELECT pg_advisory_lock($1)", [LEADER_LOCK + 1]);
    expect(await check("Worker")).toMatchObject({ state: "failed" });
    await worker.query("SELECT pg_advisory_lock($1)", [LEADER_LOCK]);
    expect(await check("Worker")).toMatchObject({ state: "ok", fix: null });
  } finally {
    await worker.end();
  }
});

test("an installation without Prometheus, or an environment nobody saw, says so and what to do", async () => {
  expect(await check("Database")).toMatchObject({ state: "ok", sentence: expect.stringContaining("PostgreSQL") });
  expect(await check("Prometheus")).toMatchObject({
    state: "failed",
    sentence: expect.stringContaining("PROMETHEUS_URL"),
  });
  expect(await check("Environment local")).toMatchObject({ state: "failed", fix: expect.stringContaining("kubectl") });
});
