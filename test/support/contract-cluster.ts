import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parse } from "yaml";
import { startApiServer } from "#k8s/local/api-server.ts";

/** JSON of any kind; tests say what they expect of it. */
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes are compared, not used.
export type Body = any;
export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Body };
export type CallOptions = {
  body?: unknown;
  type?: string;
  accept?: string;
  /** Instead of the administrator's; null sends none. */
  token?: string | null;
  manager?: string;
};
export type WatchEvent = { type: string; object: Body };
export type OpenWatch = { next(): Promise<WatchEvent | undefined>; close(): void };

type Access = { server: string; ca: string; token?: string; cert?: string; key?: string };

function accessOf(kubeconfigPath: string): Access {
  const config = parse(readFileSync(kubeconfigPath, "utf8"));
  const context = config.contexts.find((entry: Body) => entry.name === config["current-context"]).context;
  const cluster = config.clusters.find((entry: Body) => entry.name === context.cluster).cluster;
  const user = config.users.find((entry: Body) => entry.name === context.user).user;
  const inline = (value: string | undefined) => value && Buffer.from(value, "base64").toString("utf8");
  const cert = inline(user["client-certificate-data"]);
  const key = inline(user["client-key-data"]);
  return {
    server: cluster.server,
    ca: inline(cluster["certificate-authority-data"]) ?? readFileSync(cluster["certificate-authority"], "utf8"),
    ...(user.token && { token: user.token }),
    ...(cert && key && { cert, key }),
  };
}

function optionsFor(
  access: Access,
  method: string,
  { body, type, accept, token, manager }: CallOptions,
): RequestOptions {
  const bearer = token === undefined ? access.token : token;
  const identity = token === undefined && access.cert ? { cert: access.cert, key: access.key } : {};
  return {
    method,
    ca: access.ca,
    ...identity,
    agent: false,
    headers: {
      accept: accept ?? "application/json",
      "user-agent": manager ?? "contract",
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { "content-type": type ?? "application/json" }),
    },
  };
}

async function send(access: Access, method: string, path: string, options: CallOptions) {
  const request = httpsRequest(new URL(path, access.server), optionsFor(access, method, options));
  const { body } = options;
  if (body === undefined) request.end();
  else {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    request.setHeader("content-length", Buffer.byteLength(text));
    request.end(text);
  }
  const [response] = await once(request, "response");
  return { request, response };
}

/** A Kubernetes API to hold to its word: the one `KUBECONFIG` names, else a local cluster's API of its own. */
export async function startContractCluster() {
  const folder = mkdtempSync(join(tmpdir(), "contract-"));
  const given = process.env.KUBECONFIG;
  const kubeconfigPath = given ?? join(folder, "kubeconfig");
  const local = given ? undefined : await startApiServer({ dataDir: join(folder, "data"), kubeconfigPath });
  const access = accessOf(kubeconfigPath);
  const namespace = `contract-${randomBytes(4).toString("hex")}`;

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { response } = await send(access, method, path, options);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const json = String(response.headers["content-type"] ?? "").startsWith("application/json");
    return { status: response.statusCode, headers: response.headers, body: json ? JSON.parse(text) : text };
  }
  async function watch(path: string, options: CallOptions = {}): Promise<OpenWatch> {
    const { request, response } = await send(access, "GET", path, options);
    const lines = createInterface({ input: response })[Symbol.asyncIterator]();
    response.on("error", () => undefined);
    return {
      async next() {
        const { value, done } = await lines.next();
        return done ? undefined : JSON.parse(value);
      },
      close: () => request.destroy(),
    };
  }
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  const made = await call("POST", "/api/v1/namespaces", { body });
  if (made.status !== 201) throw new Error(`no namespace: ${JSON.stringify(made.body)}`);
  return {
    call,
    watch,
    namespace,
    kubeconfigPath,
    /** The API itself, when it is the local one. */
    local,
    core: `/api/v1/namespaces/${namespace}`,
    apps: `/apis/apps/v1/namespaces/${namespace}`,
    async close() {
      await call("DELETE", `/api/v1/namespaces/${namespace}`);
      await local?.close();
      rmSync(folder, { recursive: true });
    },
  };
}
export type ContractCluster = Awaited<ReturnType<typeof startContractCluster>>;

export const MERGE = "application/merge-patch+json";
export const STRATEGIC = "application/strategic-merge-patch+json";
export const JSON_PATCH = "application/json-patch+json";
export const APPLY = "application/apply-patch+yaml";

export const configMap = (name: string, data: Record<string, string> = {}, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data,
});

/** Without replicas nothing runs, wherever this is tried. */
export const idleDeployment = (name: string, container: object = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "c", image: "registry.k8s.io/pause:3.10", ...container }] },
    },
  },
});
