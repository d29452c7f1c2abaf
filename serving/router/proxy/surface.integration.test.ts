import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ModelPod, startModelPod } from "#test/support/model-pod.ts";
import { aPlan } from "#test/support/plan-wire.ts";
import { podOf, type RouterInProcess, startRouterInProcess } from "#test/support/router-in-process.ts";

let router: RouterInProcess;
let pod: ModelPod;
let second: ModelPod;

beforeEach(async () => {
  [router, pod, second] = await Promise.all([startRouterInProcess(), startModelPod("one"), startModelPod("two")]);
  router.setPods("iris-r1", pod);
  router.setPods("iris-r2", second);
  router.setPlan(aPlan({ 1: 100, 2: 0 }, { number: 7 }));
});
afterEach(() => Promise.all([router.close(), pod.kill(), second.kill()]));

const errorOf = (body: string) => (JSON.parse(body) as { code: string }).code;

test("a path under the endpoint reaches the pod without its first segment, query and body unchanged", async () => {
  const answer = await router.ask({ path: "/iris/v2/models/iris/infer?a=%20b", body: '{"x":1}' });
  expect(answer).toMatchObject({ status: 200, body: '{"pod":"one"}' });
  expect(answer.headers).toMatchObject({ "x-slipway-revision": "1", "x-slipway-plan": "7" });
  expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(pod.seen).toMatchObject([{ method: "POST", path: "/v2/models/iris/infer?a=%20b", body: '{"x":1}' }]);
  for (const path of ["/iris/v2", "/iris/v2/health/ready", "/iris/v2?x", "/iris/v2/models/iris/versions/1/ready"]) {
    expect((await router.ask({ path, method: "GET" })).status).toBe(200);
  }
});

test("anything else is refused with a code, and no pod hears of it", async () => {
  const refused: [string, number, string][] = [
    ["/nobody/v2/models/x/infer", 404, "unknown_endpoint"],
    ["/", 404, "unknown_endpoint"],
    ["/iris/v3/x", 404, "not_found"],
    ["/iris/v2x", 404, "not_found"],
    ["/iris", 404, "not_found"],
    ["/iris/v2/../metrics", 404, "not_found"],
    ["/iris/v2/%2e%2e/metrics", 404, "not_found"],
    ["/iris/v2/..%5cmetrics", 404, "not_found"],
  ];
  for (const [path, status, code] of refused) {
    const answer = await router.ask({ path });
    expect([path, answer.status, errorOf(answer.body)]).toEqual([path, status, code]);
    expect(answer.headers["x-request-id"]).toBeDefined();
  }
  expect(pod.seen).toEqual([]);
});

test("hop-by-hop headers and what only we may say stay behind, both ways", async () => {
  pod.respondWith((_, res) => {
    res.writeHead(200, {
      "x-slipway-plan": "99",
      "x-slipway-revision": "99",
      "x-own": "kept",
      "x-drop": "1",
      connection: "x-drop",
    });
    res.end("{}");
  });
  const answer = await router.ask({
    body: Buffer.from("{}"),
    headers: {
      connection: "x-secret, keep-alive",
      "x-secret": "1",
      te: "trailers",
      "x-slipway-plan": "5",
      "x-slipway-fallback": "3",
      "x-kept": "é",
    },
  });
  expect(answer.headers).toMatchObject({ "x-slipway-plan": "7", "x-slipway-revision": "1", "x-own": "kept" });
  expect(answer.headers["x-drop"]).toBeUndefined();
  const seen = pod.seen[0]?.headers ?? {};
  for (const name of ["x-secret", "te", "x-slipway-plan", "x-slipway-fallback"]) expect(seen[name]).toBeUndefined();
  expect(seen["x-kept"]).toBe("é");
  expect(seen.host).toBe(`127.0.0.1:${pod.address.port}`);
});

test("a sane request id is kept on its way, another is replaced", async () => {
  const kept = await router.ask({ headers: { "x-request-id": "req-1:a" } });
  expect(kept.headers["x-request-id"]).toBe("req-1:a");
  expect(pod.seen[0]?.headers["x-request-id"]).toBe("req-1:a");
  const replaced = await router.ask({ headers: { "x-request-id": "two words" } });
  expect(replaced.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("a forced revision answers, also without a share; one outside the plan is a conflict", async () => {
  const forced = await router.ask({ headers: { "x-slipway-revision": "2" } });
  expect([podOf(forced), forced.headers["x-slipway-revision"]]).toEqual(["two", "2"]);
  for (const revision of ["3", "02", "", "1 "]) {
    const answer = await router.ask({ headers: { "x-slipway-revision": revision } });
    if (revision === "1 ") expect(answer.status).toBe(200);
    else expect([answer.status, errorOf(answer.body)]).toEqual([409, "revision_not_in_plan"]);
  }
  expect(await router.metric("slipway_requests_total", { revision: 2, role: "forced", code: 200 })).toBe(1);
});

test("a version in the path chooses among the plan's entries and counts as forced", async () => {
  const answer = await router.ask({ path: "/iris/v2/models/iris/versions/2/infer" });
  expect(podOf(answer)).toBe("two");
  expect(second.seen[0]?.path).toBe("/v2/models/iris/versions/2/infer");
  expect(await router.metric("slipway_requests_total", { role: "forced" })).toBe(1);
  const missing = await router.ask({ path: "/iris/v2/models/iris/versions/9/infer" });
  expect([missing.status, errorOf(missing.body)]).toEqual([409, "revision_not_in_plan"]);
});

test("bodies of every size and framing arrive whole, and answers come back whole", async () => {
  pod.respondWith((req, res) => {
    res.writeHead(200, { "x-length": req.headers["content-length"] ?? req.headers["transfer-encoding"] ?? "none" });
    const echoed = pod.seen.at(-1)?.body ?? "";
    for (let i = 0; i < echoed.length; i += 100_000) res.write(echoed.slice(i, i + 100_000));
    res.end();
  });
  for (const bytes of [0, 1, 20_000, 900_000, 1_500_000, 4_000_000]) {
    const body = "x".repeat(bytes);
    const declared = await router.ask({ body });
    expect([declared.status, declared.body === body, declared.headers["x-length"]]).toEqual([200, true, String(bytes)]);
    const chunks = Array.from({ length: 7 }, (_, i) => Buffer.from(body.slice((i * bytes) / 7, ((i + 1) * bytes) / 7)));
    const chunked = await router.ask({ body: chunks.filter((chunk) => chunk.length > 0) });
    expect([chunked.status, chunked.body.length]).toEqual([200, bytes]);
  }
});

test("a body above the plan's limit is refused, declared or chunked, and the connection goes on", async () => {
  router.setPlan(aPlan({ 1: 100 }, { number: 8, bodyBytesMax: 2_000_000 }));
  const declared = await router.ask({ body: Buffer.alloc(2_000_001) });
  expect([declared.status, errorOf(declared.body)]).toEqual([413, "body_too_large"]);
  const chunked = await router.ask({ body: Array.from({ length: 30 }, () => Buffer.alloc(100_000)) });
  expect([chunked.status, errorOf(chunked.body)]).toEqual([413, "body_too_large"]);
  const small = aPlan({ 1: 100 }, { number: 9, bodyBytesMax: 1_000 });
  router.setPlan(small);
  const held = await router.ask({ body: [Buffer.alloc(600), Buffer.alloc(600)] });
  expect([held.status, errorOf(held.body)]).toEqual([413, "body_too_large"]);
  expect((await router.ask()).status).toBe(200);
  expect(pod.seen).toHaveLength(1);
});

test.each([
  ["a coding under chunked", "transfer-encoding: gzip, chunked", 501],
  ["an unknown coding", "transfer-encoding: xchunked", 501],
  ["chunked twice", "transfer-encoding: chunked, chunked", 400],
  ["both a length and chunked", "content-length: 5\r\ntransfer-encoding: chunked", 400],
  ["two lengths", "content-length: 5\r\ncontent-length: 6", 400],
  ["a list of lengths", "content-length: 5, 5", 400],
  ["a signed length", "content-length: +5", 400],
  ["a blank before the colon", "transfer-encoding : chunked", 400],
  ["a folded header", "x-a: 1\r\n transfer-encoding: chunked", 400],
  ["a header that ends in a bare line feed", "x-a: 1\ntransfer-encoding: chunked", 400],
])("of framing with %s no pod hears, nor of what is hidden behind it", async (_, headers, status) => {
  const socket = connect(router.port, "127.0.0.1");
  socket.on("error", () => undefined);
  const hidden = "GET /iris/v2/hidden HTTP/1.1\r\nhost: x\r\n\r\n";
  socket.write(`POST /iris/v2/models/iris/infer HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n0\r\n\r\n${hidden}`);
  const [data] = (await once(socket, "data")) as [Buffer];
  expect(data.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  socket.destroy();
  expect((await router.ask()).status).toBe(200);
  expect(pod.seen.map(({ path }) => path)).toEqual(["/v2/models/iris/infer"]);
});

test("an answer later than the deadline is 504, and the pod is told to stop", async () => {
  router.setPlan(aPlan({ 1: 100 }, { number: 8, timeoutMs: 100 }));
  const gone = new Promise((resolve) => pod.respondWith((_, res) => res.on("close", resolve)));
  const answer = await router.ask();
  expect([answer.status, errorOf(answer.body)]).toEqual([504, "deadline_exceeded"]);
  await gone;
  expect(await router.metric("slipway_requests_total", { code: 504, role: "live" })).toBe(1);
});

test("a client that does not send its body in time is the one at fault", async () => {
  router.setPlan(aPlan({ 1: 100 }, { number: 8, timeoutMs: 100 }));
  const socket = connect(router.port, "127.0.0.1");
  socket.write("POST /iris/v2/models/iris/infer HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc");
  const [data] = (await once(socket, "data")) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1.1 408 /);
  socket.destroy();
});

test("a client that goes away cancels its request at the pod", async () => {
  const abort = new AbortController();
  const gone = new Promise((resolve) =>
    pod.respondWith((_, res) => {
      res.on("close", resolve);
      abort.abort();
    }),
  );
  await expect(router.ask({ signal: abort.signal })).rejects.toThrow();
  await gone;
  expect(await router.metric("slipway_requests_total", { code: 499 })).toBe(1);
});

test("HEAD, 204, 304 and answers that end with the connection are passed on as such", async () => {
  const head = await router.ask({ method: "HEAD", path: "/iris/v2" });
  expect([head.status, head.body, head.headers["content-length"]]).toEqual([200, "", "13"]);
  for (const status of [204, 304]) {
    pod.respondWith((_, res) => res.writeHead(status).end());
    expect(await router.ask()).toMatchObject({ status, body: "" });
  }
  pod.respondWith((_, res) => {
    res.socket?.end("HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nto the end");
  });
  expect(await router.ask()).toMatchObject({ status: 200, body: "to the end" });
});

test("a slow reader holds back its pod and nobody else", async () => {
  const bytes = 64 * 1024 * 1024;
  let written = 0;
  pod.respondWith((_, res) => {
    res.writeHead(200, { "content-length": bytes });
    const more = () => {
      while (written < bytes) {
        written += 1 << 20;
        if (!res.write(Buffer.alloc(1 << 20))) {
          res.once("drain", more);
          return;
        }
      }
      res.end();
    };
    more();
  });
  const socket = connect(router.port, "127.0.0.1");
  socket.write("POST /iris/v2/models/iris/infer HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}");
  await once(socket, "readable");
  const forced = await Promise.all(
    Array.from({ length: 50 }, () => router.ask({ headers: { "x-slipway-revision": "2" } })),
  );
  expect(forced.map((answer) => answer.status)).toEqual(Array(50).fill(200));
  expect(written).toBeLessThan(bytes / 2);
  let received = 0;
  for await (const chunk of socket) {
    received += (chunk as Buffer).length;
    if (received >= bytes) break;
  }
  expect(received).toBeGreaterThanOrEqual(bytes);
});

test("health and metrics answer on the same port", async () => {
  expect((await router.ask({ path: "/health/live", method: "GET" })).status).toBe(200);
  expect((await router.ask({ path: "/health/ready", method: "GET" })).status).toBe(200);
  await router.ask();
  const { body, headers } = await router.ask({ path: "/metrics", method: "GET" });
  expect(headers["content-type"]).toContain("text/plain");
  expect(body).toContain(
    'slipway_requests_total{environment="local",endpoint="iris",revision="1",model="iris",version="1",code="200",role="live"} 1',
  );
  expect(body).toContain('slipway_plan_staleness_seconds{environment="local"} 0');
  expect(body).toContain("process_cpu_seconds_total");
});
