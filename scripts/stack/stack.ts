import { join } from "node:path";
import { bringUpCluster, bringUpControlPlane, bringUpDatabase, bringUpPrometheus, type Keep } from "./bring-up.ts";
import { buildWhatChanged } from "./build.ts";
import type { StackConfig } from "./config.ts";
import { choosePorts, freePort } from "./ports.ts";
import { stopRecorded } from "./process.ts";
import { waitUntilServing } from "./ready.ts";
import { keptSecret } from "./secrets.ts";
import { allOrFirstError, type Component, type Supervised, supervise } from "./supervise.ts";

export type Stack = Readonly<{
  /** Resolves once a prediction could be served; rejects with what went wrong, or because stopping was asked. */
  started: Promise<{ webUrl: string; summary: string[] }>;
  /** Once `stopAsked`: ends everything in order, and nothing of it runs afterwards. Also right while it is starting. */
  stop(): Promise<void>;
}>;

type Say = (line: string) => void;

/** Everything that `npm start` runs, but for what `config` says is run elsewhere. */
export function startStack(config: StackConfig, say: Say, stopAsked: AbortSignal): Stack {
  const running: Supervised[] = [];
  const keep = async (component: Component) => {
    stopAsked.throwIfAborted();
    const beganMs = performance.now();
    const supervised = await supervise(component, say, stopAsked).catch((error: Error) => {
      throw new Error(`${component.name} ${error.message}`, { cause: error });
    });
    running.push(supervised);
    say(`${component.name.padEnd(10)} up after ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
  };
  let settled = false;
  const started = bringUp(config, keep, say, stopAsked).finally(() => {
    settled = true;
  });
  return {
    started,
    async stop() {
      // What is still coming up is not yet in `running`; without its process its start fails at once.
      if (!settled) await stopRecorded(join(config.home, "run"), "SIGTERM");
      await started.catch(() => undefined);
      await stopInOrder(running);
    },
  };
}

// Who writes goes first, the database last, so that nothing fails for want of what it stands on.
const STOP_ORDER = [["web", "worker"], ["cluster", "prometheus"], ["postgres"]];

async function stopInOrder(running: readonly Supervised[]): Promise<void> {
  for (const names of STOP_ORDER) {
    await Promise.all(running.filter(({ name }) => names.includes(name)).map((component) => component.stop()));
  }
}

async function bringUp(config: StackConfig, keep: Keep, say: Say, stopAsked: AbortSignal) {
  const { root, home } = config;
  const survivors = await stopRecorded(join(home, "run"));
  if (survivors.length > 0) say(`an earlier run was killed; ended what it left: ${survivors.join(", ")}`);
  const ports = await portsOf(config, say);
  const secrets = secretsOf(config);

  const cluster = bringUpCluster(config, ports, keep);
  const [databaseUrl, kubeconfig, prometheusUrl] = await allOrFirstError([
    bringUpDatabase(config, keep),
    cluster,
    bringUpPrometheus(config, ports, { keep, say, stopAsked, cluster }),
    buildWhatChanged(root, home, say),
  ]);
  stopAsked.throwIfAborted();

  await bringUpControlPlane(config, ports, { ...secrets, databaseUrl, kubeconfig, prometheusUrl }, keep);
  const webUrl = `http://127.0.0.1:${ports.web}`;
  const gatewayUrl = `http://127.0.0.1:${ports.gateway}`;
  const workerUrl = `http://127.0.0.1:${ports.worker}`;
  const summary = [
    `web        ${webUrl}   REST: ${webUrl}/api/v1/openapi.json`,
    `metrics    ${prometheusUrl ?? "none"}`,
    `sign in    ${config.admin.email}, ${secrets.passwordHint}`,
    `logs       ${join(home, "logs")}`,
  ];
  // Whether an environment elsewhere serves is not ours to wait for.
  if (config.kubeconfig !== undefined) return { webUrl, summary };
  const namespace = config.localNamespace;
  const notes = await waitUntilServing({ workerUrl, kubeconfig, namespace, gatewayUrl, stopAsked });
  return {
    webUrl,
    summary: [
      ...summary,
      `inference  ${gatewayUrl}/<endpoint>/v2/models/<endpoint>/infer`,
      `cluster    kubectl --kubeconfig ${kubeconfig}`,
      ...notes,
    ],
  };
}

function secretsOf({ home, secretKey, admin }: StackConfig) {
  const key = secretKey ?? keptSecret(home, "secret-key", 32).value;
  if (admin.password !== undefined) {
    return { secretKey: key, adminPassword: admin.password, passwordHint: "password in SLIPWAY_ADMIN_PASSWORD" };
  }
  const { value, file, isNew } = keptSecret(home, "admin-password", 12);
  const passwordHint = isNew ? `password ${value} (kept in ${file})` : `password in ${file}`;
  return { secretKey: key, adminPassword: value, passwordHint };
}

/** The ports that this run needs; what is run elsewhere needs none. */
async function portsOf({ home, ports, kubeconfig, prometheusUrl }: StackConfig, say: Say) {
  const needed = [
    ports.web,
    ...(kubeconfig === undefined ? [ports.gateway, ports.kube] : []),
    ...(kubeconfig === undefined && prometheusUrl === undefined ? [ports.prometheus] : []),
  ];
  // The cluster's proxy outlives it and serves the gateway's port on.
  const chosen = await choosePorts(needed, say, (command) => command.includes(join(home, "cluster")));
  const portOf = ({ variable, port }: { variable: string; port: number }) =>
    chosen[needed.findIndex((wish) => wish.variable === variable)] ?? port;
  return {
    web: portOf(ports.web),
    gateway: portOf(ports.gateway),
    kube: portOf(ports.kube),
    prometheus: portOf(ports.prometheus),
    // Nobody needs to know it beforehand.
    worker: await freePort(),
  };
}
