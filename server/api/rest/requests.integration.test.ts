import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkerQuestions } from "#server/db/worker-questions.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { ADMIN_TOKEN, type Rest, startRest } from "#test/support/rest.ts";
import { handleRest } from "./handle.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
});
afterAll(() => rest.close());

const audits = () => rest.container.services.db.read.audit.count();
const json = { "content-type": "application/json" };
type Bad = { path?: string; body?: unknown; raw?: string | Uint8Array; headers?: Record<string, string> };

test("every answer carries the caller's request id where it is harmless, else one of ours", async () => {
  const given = await rest.call("GET", "/models", { headers: { "x-request-id": "mine-1" } });
  expect(given.headers.get("x-request-id")).toBe("mine-1");
  const odd = await rest.call("GET", "/nothing", { headers: { "x-request-id": "a b<script>" } });
  expect(odd.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(odd.body.requestId).toBe(odd.headers.get("x-request-id"));
  expect(odd.headers.get("content-type")).toBe("application/problem+json");
});

test.each([
  ["malformed JSON", { raw: '{"name":', headers: json }, 400, "malformed_request"],
  ["a body that is no object", { raw: "[1]", headers: json }, 400, "malformed_request"],
  ["bytes that are no UTF-8", { raw: new Uint8Array([0x22, 0xff, 0x22]), headers: json }, 400, "malformed_request"],
  ["another content type", { raw: "name=x", headers: { "content-type": "text/plain" } }, 415, "unsupported_media_type"],
  ["a body over 1 MB", { raw: `{"name":"${"x".repeat(1 << 20)}"}`, headers: json }, 413, "payload_too_large"],
  ["an empty name", { body: { name: "  " } }, 422, "invalid"],
  ["an illegal name", { body: { name: "../etc" } }, 422, "invalid"],
  ["a missing name", { body: {} }, 422, "invalid"],
  ["a NUL in a text", { body: { name: "x", description: "a\0b" } }, 422, "invalid"],
  ["half a surrogate pair", { raw: '{"name":"x","description":"\\ud800"}', headers: json }, 422, "invalid"],
  ["an unknown field", { body: { name: "x", colour: "red" } }, 422, "invalid"],
  ["an unknown parameter", { body: { name: "x" }, path: "?force=true" }, 422, "invalid"],
])("%s is a clear 4xx and changes nothing", async (_, { path = "", ...options }: Bad, status, code) => {
  const before = await audits();
  const answer = await rest.call("POST", `/models${path}`, options);
  expect(answer.body).toMatchObject({ status, code });
  expect(answer.body.detail.length).toBeGreaterThan(10);
  expect(await audits()).toBe(before);
});

test.each(["v2", "metrics", "health", "slipway-x", "Upper", "9lives", "trailing-", "a".repeat(41), "ünï", ""])(
  "an endpoint cannot be called %j",
  async (name) => {
    const answer = await rest.call("POST", "/endpoints", { body: { name, environment: "local" } });
    expect(answer.body).toMatchObject({ status: 422, code: "invalid", errors: [{ path: "name" }] });
  },
);

test("a field of the address cannot be said by the body", async () => {
  const answer = await rest.call("POST", "/endpoints/a/rollback", { body: { endpoint: "b" } });
  expect(answer.body).toMatchObject({ status: 422, errors: [{ path: "endpoint" }] });
});

test("405 names what there is", async () => {
  const answer = await rest.call("PATCH", "/models", {});
  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("POST, GET");
});

test("an environment must name its cluster, an address and a namespace that nobody has", async () => {
  const wanted = {
    name: "one",
    cluster: "local",
    namespace: "one",
    kind: "production",
    gatewayUrl: "https://g.example",
  };
  const post = (more: object) => rest.call("POST", "/environments", { body: { ...wanted, ...more } });
  expect((await post({})).body).toMatchObject({
    warmReplicas: 1,
    serviceType: "ClusterIP",
    imagePrefix: "slipway.local/",
  });
  expect((await post({ namespace: "two" })).body.code).toBe("name_taken");
  expect((await post({ name: "two" })).body.code).toBe("name_taken");
  expect((await post({ name: "two", namespace: "two", cluster: "moon" })).status).toBe(404);
  expect((await post({ name: "two", namespace: "kube-system" })).status).toBe(422);
  expect((await post({ name: "two", namespace: "two", gatewayUrl: "file:///etc" })).status).toBe(422);
});

test("the same key and body is answered from storage, another body refused, another key is another request", async () => {
  const before = await audits();
  const post = (key: string, name: string, path = "/models") =>
    rest.call("POST", path, { body: { name }, headers: { "idempotency-key": key } });
  const first = await post("k1", "one");
  const again = await post("k1", "one");
  expect([again.status, again.body]).toEqual([first.status, first.body]);
  expect(again.headers.get("idempotency-replayed")).toBe("true");
  expect((await post("k1", "two")).body).toMatchObject({ status: 422, code: "idempotency_mismatch" });
  expect((await post("k2", "one")).body.code).toBe("name_taken");
  expect((await post("k2", "three")).status).toBe(201);
  expect((await audits()) - before).toBe(2);
});

test("a key belongs to its caller, and a failed request does not use it up", async () => {
  const other = await rest.tokenFor("scientist");
  const headers = { "idempotency-key": "mine" };
  await rest.call("POST", "/models", { body: { name: "" }, headers });
  expect((await rest.call("POST", "/models", { body: { name: "ours" }, headers })).status).toBe(201);
  expect((await rest.call("POST", "/models", { body: { name: "theirs" }, headers, token: other })).status).toBe(201);
});

/** Version 1 of a new model, and an endpoint of the same name. */
async function deployable(name: string) {
  await rest.call("POST", "/models", { body: { name } });
  const { digest } = (await rest.call("PUT", "/artifacts", { raw: aScalingModel(2) })).body;
  const version = await rest.call("POST", `/models/${name}/versions`, { body: { artifact: digest } });
  expect(version.body).toMatchObject({ version: "1", status: "ready" });
  await rest.call("POST", "/endpoints", { body: { name, environment: "local" } });
  return { model: name, version: "1" };
}

test("a repeated change of traffic is answered with its plan, though the plan it saw is old by now", async () => {
  const body = await deployable("again");
  expect((await rest.call("POST", "/endpoints/again/revisions", { body })).body.plan.number).toBe(1);
  const change = (key: string) =>
    rest.call("PUT", "/endpoints/again/traffic", {
      body: { entries: [{ revision: 1, weightPercent: 100 }], reason: "again" },
      headers: { "idempotency-key": key, "if-match": '"1"' },
    });
  const first = await change("shift");
  expect(first.body).toMatchObject({ number: 2, reason: "again" });
  const second = await change("shift");
  expect([second.status, second.body, second.headers.get("etag")]).toEqual([200, first.body, '"2"']);
  expect((await change("another")).body).toMatchObject({ status: 412, code: "plan_conflict" });
});

test("a repeated deletion is answered with what the first one was", async () => {
  await rest.call("POST", "/endpoints", { body: { name: "gone", environment: "local" } });
  const headers = { "idempotency-key": "delete-it" };
  const first = await rest.call("DELETE", "/endpoints/gone", { headers });
  const second = await rest.call("DELETE", "/endpoints/gone", { headers });
  expect([second.status, second.body, second.headers.get("etag")]).toEqual([202, first.body, '"1"']);
});

test("while the first request runs a second with its key is 409; after a crash the key is free", async () => {
  const { session } = rest.container;
  const scope = { actorId: "admin-token", method: "POST", path: "/api/v1/models", key: "running" };
  const release = await session.tryLock(`idempotency ${JSON.stringify(scope)}`);
  const post = () =>
    rest.call("POST", "/models", { body: { name: "slow" }, headers: { "idempotency-key": "running" } });
  expect((await post()).body).toMatchObject({ status: 409, code: "idempotency_in_progress" });
  await release?.();
  expect((await post()).status).toBe(201);
});

test("ten requests with one key at once make one model", async () => {
  const before = await audits();
  const headers = { "idempotency-key": "at-once" };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => rest.call("POST", "/models", { body: { name: "single" }, headers })),
  );
  for (const answer of answers) expect([201, 409]).toContain(answer.status);
  expect(answers.filter((answer) => answer.status === 201).length).toBeGreaterThan(0);
  expect((await audits()) - before).toBe(1);
});

test("a key older than a day may be used again", async () => {
  const post = (name: string) =>
    rest.call("POST", "/models", { body: { name }, headers: { "idempotency-key": "old" } });
  await post("yesterday");
  await rest.container.services.db.read.$executeRaw`
    UPDATE "Idempotency" SET "createdAt" = clock_timestamp() - interval '25 hours' WHERE key = 'old'`;
  expect((await post("today")).status).toBe(201);
  expect((await post("today")).headers.get("idempotency-replayed")).toBe("true");
});

test("a dry run without a worker is 503, and nothing was written", async () => {
  const body = await deployable("tried");
  const before = await audits();
  const { services, session } = rest.container;
  const impatient = { ...services, worker: createWorkerQuestions(services.db, session, 100) };
  const request = new Request("http://127.0.0.1/api/v1/endpoints/tried/revisions?dryRun=true", {
    method: "POST",
    headers: { ...json, authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify(body),
  });
  const answer = await handleRest({ ...rest.container, services: impatient }, request);
  expect(await answer.json()).toMatchObject({ status: 503, code: "unavailable" });
  expect(await audits()).toBe(before);
  expect((await rest.call("GET", "/endpoints/tried")).body).toMatchObject({ plan: null, revisions: [] });
});

test("a dry run of what is not there, or could not be, is refused", async () => {
  await rest.call("POST", "/endpoints", { body: { name: "dry", environment: "local" } });
  const answer = await rest.call("POST", "/endpoints/dry/revisions?dryRun=true", {
    body: { model: "none", version: "1" },
  });
  expect(answer.status).toBe(404);
  expect((await rest.call("POST", "/endpoints/dry/revisions?dryRun=perhaps", { body: {} })).body).toMatchObject({
    status: 422,
    errors: [{ path: "dryRun" }],
  });
  const ahead = (name: string, query: string) =>
    rest.call("POST", `/endpoints/${name}/revisions${query}`, {
      body: { model: "none", version: "1", newEndpoint: true },
    });
  expect((await ahead("dry", "?dryRun=true&environment=local")).body).toMatchObject({ code: "name_taken" });
  expect((await ahead("other", "?environment=local")).body).toMatchObject({
    status: 422,
    errors: [{ path: "newEndpoint" }],
  });
});
