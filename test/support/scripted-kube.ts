import { EventEmitter } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Item = { metadata: { name: string; namespace: string; uid: string; resourceVersion: string } };
/** Answers instead of the normal handling, in its own time. */
type Fault = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * ConfigMaps of namespace `demo` behind list and watch, just enough of a Kubernetes API to break it in every way that a
 * real one would not do on demand.
 */
export async function startScriptedKube() {
  const items = new Map<string, Item>();
  const watchers = new Set<ServerResponse>();
  const faults: { list: Fault[]; watch: Fault[]; other: Fault[] } = { list: [], watch: [], other: [] };
  const seen = new EventEmitter();
  const counts = { list: 0, watch: 0, connections: 0 };
  let version = 100;

  const status = (response: ServerResponse, code: number, body: object) => {
    response.writeHead(code, { "content-type": "application/json" });
    response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, ...body }));
  };
  const status503: Fault = (_, response) => status(response, 503, { reason: "ServiceUnavailable" });
  const emptyWatch: Fault = (_, response) => response.writeHead(200).end();
  const send = (type: string, object: object) => {
    for (const watcher of watchers) watcher.write(`${JSON.stringify({ type, object })}\n`);
  };
  const kindOf = (request: IncomingMessage): "list" | "watch" | "other" => {
    const url = new URL(request.url ?? "/", "http://x");
    if (request.method !== "GET" || !url.pathname.endsWith("/configmaps")) return "other";
    return url.searchParams.get("watch") === "true" ? "watch" : "list";
  };
  const server = createServer((request, response) => {
    const kind = kindOf(request);
    if (kind !== "other") counts[kind] += 1;
    const fault = faults[kind].shift();
    if (fault !== undefined) void fault(request, response);
    else if (kind === "list") {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ metadata: { resourceVersion: String(version) }, items: [...items.values()] }));
    } else if (kind === "watch") {
      response.writeHead(200, { "content-type": "application/json" });
      response.flushHeaders();
      watchers.add(response);
      response.on("close", () => watchers.delete(response));
    } else status(response, 404, { reason: "NotFound", message: "the server could not find the requested resource" });
    seen.emit(kind, new URL(request.url ?? "/", "http://x"));
  });
  server.on("connection", () => {
    counts.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), "scripted-kube-"));
  const kubeconfig = join(folder, "kubeconfig");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(kubeconfig, kubeconfigOf(url));

  return {
    url,
    kubeconfig,
    counts,
    faults,
    watchers,
    /** `list`, `watch`, `other` as each request has been dealt with; the value is its URL. */
    seen,
    status,
    status503,
    emptyWatch,
    put(name: string, uid = `uid-${name}`) {
      const known = items.get(name)?.metadata.uid === uid;
      version += 1;
      const metadata = { name, namespace: "demo", uid, resourceVersion: String(version) };
      items.set(name, { metadata });
      send(known ? "MODIFIED" : "ADDED", { apiVersion: "v1", kind: "ConfigMap", metadata });
    },
    /** Changes without telling the watchers, as if they had not been connected. */
    putUnseen(name: string, uid = `uid-${name}`) {
      version += 1;
      items.set(name, { metadata: { name, namespace: "demo", uid, resourceVersion: String(version) } });
    },
    removeUnseen(name: string) {
      version += 1;
      items.delete(name);
    },
    remove(name: string) {
      version += 1;
      const item = items.get(name);
      items.delete(name);
      if (item !== undefined) send("DELETED", { ...item, apiVersion: "v1", kind: "ConfigMap" });
    },
    bookmark() {
      version += 1;
      send("BOOKMARK", { kind: "ConfigMap", apiVersion: "v1", metadata: { resourceVersion: String(version) } });
      return String(version);
    },
    send,
    /** As a server does at timeoutSeconds. */
    endWatches() {
      for (const watcher of watchers) watcher.end();
    },
    resetConnections() {
      for (const watcher of watchers) watcher.socket?.resetAndDestroy();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
export type ScriptedKube = Awaited<ReturnType<typeof startScriptedKube>>;

const kubeconfigOf = (server: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "scripted",
    contexts: [{ name: "scripted", context: { cluster: "scripted", user: "tester" } }],
    clusters: [{ name: "scripted", cluster: { server } }],
    users: [{ name: "tester", user: { token: "secret" } }],
  });
