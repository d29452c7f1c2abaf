import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScriptedKube, startScriptedKube } from "#test/support/scripted-kube.ts";
import { connectKube, type Kube } from "./kube.ts";

const REF = { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "c" };
const MANIFEST = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "demo" }, data: { a: "1" } };
const STORED = { ...MANIFEST, metadata: { ...MANIFEST.metadata, uid: "u", resourceVersion: "5" } };
let server: ScriptedKube;
let kube: Kube;

beforeEach(async () => {
  server = await startScriptedKube();
  kube = await connectKube({ kubeconfig: server.kubeconfig });
});
afterEach(async () => {
  kube.dropConnections();
  await server.close();
});

/** Answers the next request that is neither list nor watch, and tells what it was. */
function answer(
  status: number,
  body: unknown,
): Promise<{ line: string; body: unknown; headers: IncomingMessage["headers"] }> {
  return new Promise((resolve) => {
    server.faults.other.push(async (request, response) => {
      const sent = await text(request);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
      const line = `${request.method} ${decodeURIComponent(request.url ?? "")}`;
      resolve({ line, body: sent === "" ? null : JSON.parse(sent), headers: request.headers });
    });
  });
}

const failure = (code: number, more: object) => ({ kind: "Status", status: "Failure", code, ...more });

test("applies by server-side apply under the manager's name, with force and dry run only when asked", async () => {
  const plain = answer(200, STORED);
  expect(await kube.apply(MANIFEST, { manager: "m" })).toEqual(STORED);
  expect(await plain).toMatchObject({
    line: "PATCH /api/v1/namespaces/demo/configmaps/c?fieldManager=m&force=false",
    body: MANIFEST,
    headers: { "content-type": "application/apply-patch+yaml", authorization: "Bearer secret" },
  });
  const forced = answer(200, STORED);
  await kube.apply(MANIFEST, { manager: "m", force: true, dryRun: true });
  expect((await forced).line).toMatch(/force=true&dryRun=All$/);
});

test("creates, patches and deletes with their options; deleting what is not there answers false", async () => {
  const created = answer(201, STORED);
  await kube.create(MANIFEST, { manager: "m" });
  expect((await created).line).toMatch(/^POST \/api\/v1\/namespaces\/demo\/configmaps\?fieldManager=m/);
  const patched = answer(200, STORED);
  await kube.patch(REF, { data: { a: null } }, { manager: "m", subresource: "status" });
  expect(await patched).toMatchObject({
    line: "PATCH /api/v1/namespaces/demo/configmaps/c/status?fieldManager=m",
    headers: { "content-type": "application/merge-patch+json" },
  });
  const deleted = answer(200, { kind: "Status", status: "Success" });
  expect(await kube.delete(REF, { uid: "u", propagation: "Foreground" })).toBe(true);
  expect((await deleted).body).toMatchObject({ preconditions: { uid: "u" }, propagationPolicy: "Foreground" });
  void answer(404, failure(404, { reason: "NotFound", details: { name: "c" } }));
  expect(await kube.delete(REF)).toBe(false);
});

test("answers null for an object that is not there, and an error for a kind that is not served", async () => {
  void answer(404, failure(404, { reason: "NotFound", details: { name: "c", kind: "configmaps" } }));
  expect(await kube.get(REF)).toBeNull();
  void answer(404, "404 page not found\n");
  await expect(kube.get(REF)).rejects.toMatchObject({ code: "unknown_kind" });
  void answer(404, "404 page not found\n");
  expect(await kube.serves({ apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor" })).toBe(false);
});

test.each([
  [409, { reason: "AlreadyExists" }, "already_exists"],
  [409, { reason: "Conflict", details: { name: "c" } }, "conflict"],
  [
    409,
    { reason: "Conflict", details: { causes: [{ reason: "FieldManagerConflict", field: ".data.a" }] } },
    "field_conflict",
  ],
  [410, { reason: "Expired" }, "expired"],
  [422, { reason: "Invalid" }, "invalid"],
  [415, { reason: "UnsupportedMediaType" }, "invalid"],
  [401, { reason: "Unauthorized" }, "unauthorized"],
  [403, { reason: "Forbidden" }, "forbidden"],
  [429, { reason: "TooManyRequests", details: { retryAfterSeconds: 2 } }, "unavailable"],
  [500, { reason: "InternalError" }, "unavailable"],
  [504, { reason: "Timeout" }, "unavailable"],
])("an answer of %i %j is the error %s", async (status, body, code) => {
  void answer(status, failure(status, { message: "because", ...body }));
  await expect(kube.apply(MANIFEST, { manager: "m" })).rejects.toMatchObject({
    code,
    status,
    message: "apply ConfigMap demo/c: because",
  });
});

test("lists in pages of one moment, giving items the kind that a list leaves out", async () => {
  const page = (name: string, more: object) => (_: unknown, response: { end(body: string): void }) =>
    response.end(JSON.stringify({ metadata: { resourceVersion: "9", ...more }, items: [{ metadata: { name } }] }));
  server.faults.list.push(page("a", { continue: "next" }), page("b", {}));
  const urls: URL[] = [];
  server.seen.on("list", (url: URL) => urls.push(url));
  const list = await kube.list({ ...REF, labelSelector: "x in (1,2)" });
  expect(list.resourceVersion).toBe("9");
  expect(list.items.map((item) => `${item.apiVersion} ${item.kind} ${item.metadata.name}`)).toEqual([
    "v1 ConfigMap a",
    "v1 ConfigMap b",
  ]);
  expect(urls.map((url) => url.searchParams.get("continue"))).toEqual([null, "next"]);
  expect(urls.map((url) => url.searchParams.get("labelSelector"))).toEqual(["x in (1,2)", "x in (1,2)"]);
  // A quorum read names no version.
  expect(urls.some((url) => url.searchParams.has("resourceVersion"))).toBe(false);
});

test("requests share a connection", async () => {
  for (let i = 0; i < 5; i += 1) {
    void answer(200, STORED);
    await kube.get(REF);
  }
  expect(server.counts.connections).toBe(1);
});

test("a kept connection that the server has closed fails no request that may be repeated", async () => {
  void answer(200, STORED);
  await kube.get(REF);
  server.faults.other.push((request) => request.socket.resetAndDestroy());
  const second = answer(200, STORED);
  expect(await kube.apply(MANIFEST, { manager: "m" })).toEqual(STORED);
  await second;
  expect(server.counts.connections).toBe(2);
});

test("a create is never sent twice", async () => {
  void answer(200, STORED);
  await kube.get(REF);
  server.faults.other.push((request) => request.socket.resetAndDestroy());
  await expect(kube.create(MANIFEST, { manager: "m" })).rejects.toMatchObject({ code: "unavailable", status: null });
});

test("no answer in time is the error deadline; a caller's own signal gives its own reason", async () => {
  server.faults.other.push(() => undefined);
  await expect(kube.get(REF, { deadlineMs: 30 })).rejects.toMatchObject({ code: "deadline" });
  const caller = new AbortController();
  server.faults.other.push(() => caller.abort(new Error("changed my mind")));
  await expect(kube.get(REF, { signal: caller.signal })).rejects.toThrow("changed my mind");
  await expect(kube.get(REF, { signal: caller.signal })).rejects.toThrow("changed my mind");
});

test("an answer that stops half way is over at the deadline", async () => {
  server.faults.other.push((_, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("{");
  });
  await expect(kube.get(REF, { deadlineMs: 50 })).rejects.toMatchObject({ code: "deadline" });
});

test("dropping connections fails what is under way at once, and what follows connects anew", async () => {
  const stuck = new Promise<void>((resolve) => server.faults.other.push(() => resolve()));
  const request = kube.create(MANIFEST, { manager: "m" });
  await stuck;
  kube.dropConnections();
  await expect(request).rejects.toMatchObject({ code: "unavailable" });
  void answer(200, STORED);
  expect(await kube.get(REF)).toEqual(STORED);
});

test("nobody listening is the error unavailable", async () => {
  const closed = await startScriptedKube();
  const gone = await connectKube({ kubeconfig: closed.kubeconfig });
  await closed.close();
  await expect(gone.get(REF)).rejects.toMatchObject({ code: "unavailable", status: null });
});

test("streams a pod's log until the caller has enough", async () => {
  const caller = new AbortController();
  server.faults.other.push((_, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write("one\n");
  });
  const log = await kube.podLog(
    { namespace: "demo", name: "p" },
    { follow: true, tailLines: 5, signal: caller.signal },
  );
  const chunks: string[] = [];
  await expect(
    (async () => {
      for await (const chunk of log) {
        chunks.push(String(chunk));
        caller.abort();
      }
    })(),
  ).rejects.toThrow();
  expect(chunks).toEqual(["one\n"]);
});

test("a kubeconfig that is none, or lacks the context, is refused by name before anything is sent", async () => {
  await expect(connectKube({ kubeconfig: server.kubeconfig, context: "other" })).rejects.toThrow('context "other"');
  await expect(connectKube({ kubeconfig: `${server.kubeconfig}.missing` })).rejects.toThrow("ENOENT");
});
