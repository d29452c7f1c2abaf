import { readFile } from "node:fs/promises";
import type { LookupFunction } from "node:net";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { ClusterAccess } from "#domain/cluster/access.ts";
import { guardedLookup, refuseHost } from "./guarded-lookup.ts";

/** A cluster to speak to: a kubeconfig file of this machine, what somebody handed in, or the pod's own ServiceAccount. */
export type KubeTarget = { kubeconfig: string; context?: string } | { access: ClusterAccess } | "in-cluster";

export type TlsOptions = {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
  lookup?: LookupFunction;
};

export type Credentials = {
  baseUrl: URL;
  tls: TlsOptions;
  /** Asked for each request: tokens of pods and plug-ins are replaced while we run. */
  authorization(): Promise<string | null>;
};

const userSchema = z.object({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  "client-certificate-data": z.base64().optional(),
  "client-certificate": z.string().optional(),
  "client-key-data": z.base64().optional(),
  "client-key": z.string().optional(),
  exec: z.unknown().optional(),
  "auth-provider": z.unknown().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
});
const clusterSchema = z.object({
  server: z.url({ protocol: /^https?$/ }),
  "certificate-authority-data": z.base64().optional(),
  "certificate-authority": z.string().optional(),
  "tls-server-name": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().optional(),
});
const kubeconfigSchema = z.object({
  "current-context": z.string().optional(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: clusterSchema })),
  users: z.array(z.object({ name: z.string(), user: userSchema.nullish() })),
});

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Errors: a plain Error that says what is wrong with the file; nothing is sent yet. */
export async function loadCredentials(target: KubeTarget): Promise<Credentials> {
  if (target === "in-cluster") return inCluster();
  return "access" in target ? fromAccess(target.access) : fromKubeconfig(target.kubeconfig, target.context);
}

/** Reads no file and runs nothing; goes to no address where a machine is told who it is. */
function fromAccess({ server, certificateAuthority, token, certificate, key }: ClusterAccess): Credentials {
  const baseUrl = new URL(server);
  refuseHost(baseUrl.hostname);
  const bytes = (base64: string | undefined) => (base64 === undefined ? undefined : Buffer.from(base64, "base64"));
  const header = token === undefined ? null : `Bearer ${token}`;
  return {
    baseUrl,
    tls: defined({ ca: bytes(certificateAuthority), cert: bytes(certificate), key: bytes(key), lookup: guardedLookup }),
    authorization: async () => header,
  };
}

async function inCluster(): Promise<Credentials> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (!host || !port)
    throw new Error("not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are unset");
  return {
    baseUrl: new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`),
    tls: { ca: await readFile(`${SERVICE_ACCOUNT}/ca.crt`) },
    authorization: bearerFrom(`${SERVICE_ACCOUNT}/token`),
  };
}

async function fromKubeconfig(file: string, contextName: string | undefined): Promise<Credentials> {
  const config = kubeconfigSchema.safeParse(parse(await readFile(file, "utf8")));
  if (!config.success) throw new Error(`${file} is not a kubeconfig: ${z.prettifyError(config.error)}`);
  const wanted = contextName ?? config.data["current-context"];
  const context = config.data.contexts.find((c) => c.name === wanted)?.context;
  const cluster = config.data.clusters.find((c) => c.name === context?.cluster)?.cluster;
  if (context === undefined || cluster === undefined) throw new Error(`${file} has no cluster for context "${wanted}"`);
  const user = config.data.users.find((u) => u.name === context.user)?.user ?? {};
  const folder = dirname(file);
  const bytes = async (data: string | undefined, path: string | undefined) => {
    if (data !== undefined) return Buffer.from(data, "base64");
    return path === undefined ? undefined : readFile(resolve(folder, path));
  };
  return {
    baseUrl: new URL(cluster.server),
    tls: defined({
      ca: await bytes(cluster["certificate-authority-data"], cluster["certificate-authority"]),
      cert: await bytes(user["client-certificate-data"], user["client-certificate"]),
      key: await bytes(user["client-key-data"], user["client-key"]),
      servername: cluster["tls-server-name"],
      rejectUnauthorized: cluster["insecure-skip-tls-verify"] ? false : undefined,
    }),
    authorization: await authorizationOf(user, file, folder, wanted),
  };
}

async function authorizationOf(
  user: z.infer<typeof userSchema>,
  file: string,
  folder: string,
  context: string | undefined,
): Promise<Credentials["authorization"]> {
  if (user.exec !== undefined || user["auth-provider"] !== undefined) return fromPlugin(file, context);
  if (user.tokenFile !== undefined) return bearerFrom(resolve(folder, user.tokenFile));
  if (user.token !== undefined) return async () => `Bearer ${user.token}`;
  if (user.username === undefined) return async () => null;
  const basic = Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64");
  return async () => `Basic ${basic}`;
}

/** The kubelet replaces a bound token well before it ends; a minute-old one is always good. */
const TOKEN_FRESH_MS = 60_000;
function bearerFrom(path: string): Credentials["authorization"] {
  let held = { header: "", readAt: Number.NEGATIVE_INFINITY };
  return async () => {
    if (performance.now() - held.readAt > TOKEN_FRESH_MS) {
      held = { header: `Bearer ${(await readFile(path, "utf8")).trim()}`, readAt: performance.now() };
    }
    return held.header;
  };
}

/**
 * Cloud plug-ins are client-node's to run. It is loaded only then: it costs every process 0.7 s and 90 MB, and opens a new
 * TLS connection for each request, which is why requests are ours (measured with 2.0.1).
 */
async function fromPlugin(file: string, context: string | undefined): Promise<Credentials["authorization"]> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromFile(file);
  if (context !== undefined) config.setCurrentContext(context);
  return async () => {
    const options: { headers?: { Authorization?: unknown } } = {};
    await config.applyToHTTPSOptions(options);
    const header = options.headers?.Authorization;
    return typeof header === "string" ? header : null;
  };
}

function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
