import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ready } from "#server/api/health.ts";
import { signIn } from "#server/api/sign-in.ts";
import { loadConfig } from "#server/config/env.ts";
import { buildContainer, type Container } from "#server/container.ts";
import { signedIn, signInRequest } from "#test/support/browser.ts";
import { ADMIN_TOKEN, type Rest, startRest } from "#test/support/rest.ts";
import { handleRest } from "./handle.ts";

let away: Container;
let rest: Rest;
beforeAll(async () => {
  away = buildContainer(
    loadConfig({
      // Nothing listens on port 1.
      DATABASE_URL: "postgresql://nobody@127.0.0.1:1/nothing",
      SLIPWAY_SECRET_KEY: "a-secret-key-for-tests-only",
      SLIPWAY_ADMIN_TOKEN: ADMIN_TOKEN,
      SLIPWAY_LOG_LEVEL: "silent",
    }),
  );
  rest = await startRest();
});
afterAll(async () => {
  await away.close();
  await rest.close();
});

const send = async (method: string, headers: Record<string, string> = {}) => {
  const body = method === "GET" ? {} : { body: '{"name":"x"}' };
  const auth = { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" };
  const request = new Request("http://127.0.0.1/api/v1/models", { method, headers: { ...auth, ...headers }, ...body });
  const response = await handleRest(away, request);
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.json() };
};

test.each([
  ["a read", "GET", {}],
  ["a write", "POST", {}],
  ["a write with a key", "POST", { "idempotency-key": "k" }],
])("without a database %s is 503 that says so, and never a success", async (_, method, headers) => {
  const answer = await send(method, headers);
  expect(answer).toMatchObject({ status: 503, retryAfter: "5", body: { code: "unavailable" } });
  expect(answer.body.detail).toBe("The database does not answer.");
});

test("without a database a session is not over but not known, and signing in says why it cannot be", async () => {
  const { cookie } = await signedIn(rest.container, "viewer");
  const request = new Request("http://127.0.0.1/api/v1/models", { headers: { cookie } });
  const answer = await handleRest(away, request);
  expect([answer.status, await answer.json()]).toMatchObject([503, { code: "unavailable" }]);
  const refused = await signIn(away, signInRequest({ email: "a@example.com", password: "a password" }));
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: "unavailable" }]);
});

test("a process without its database is not ready, and says why", async () => {
  const response = await ready(away, new Request("http://127.0.0.1/api/readyz"));
  expect([response.status, await response.json()]).toMatchObject([503, { why: expect.stringContaining("database") }]);
});

test("connections that the server cut are replaced: the next requests are answered", async () => {
  expect((await rest.call("GET", "/models")).status).toBe(200);
  const client = new pg.Client({ connectionString: rest.databaseUrl });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await client.end();
  const statuses = new Set<number>();
  for (let call = 0; call < 12; call += 1) statuses.add((await rest.call("GET", "/models")).status);
  expect(statuses).not.toContain(500);
  expect((await rest.call("POST", "/models", { body: { name: "after" } })).status).toBe(201);
});
