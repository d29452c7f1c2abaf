/** The control plane without web's socket: real Postgres, real local cluster with real pods, worker processes to kill. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectKube, type Kube } from "#k8s/client/kube.ts";
import { type ApiServer, startApiServer } from "#k8s/local/api-server.ts";
import type { Access } from "#k8s/local/http/authorization.ts";
import { type LocalNode, startNode } from "#k8s/local/kubelet/node.ts";
import type { KubeObject } from "#k8s/local/store/types.ts";
import { applyLocalEnvironment } from "#scripts/stack/apply-environment.ts";
import { freePort } from "#scripts/stack/ports.ts";
import { release } from "#server/config/release.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { processesIn, randomRanges } from "./local-node.ts";
import { type Rest, startRest } from "./rest.ts";
import { spawnWorker, type WorkerProcess } from "./worker-process.ts";

const ROOT = join(import.meta.dirname, "../..");
const PREFIX = "slipway.local/";
const PROGRAMS = ["router", "model-server", "fetch", "artifacts"];

export type TestCluster = Awaited<ReturnType<typeof startTestCluster>>;

/** API, controllers and kubelet in this process; pods are processes of their own. */
export async function startTestCluster(
  over: {
    images?: Record<string, { command: string[]; env?: Record<string, string> }>;
    onAccess?: (access: Access) => void;
  } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-worker-"));
  const imagesFile = join(folder, "images.json");
  const command = (program: string) => ({ command: [process.execPath, join(ROOT, `serving/${program}/main.ts`)] });
  writeFileSync(
    imagesFile,
    JSON.stringify(over.images ?? Object.fromEntries(PROGRAMS.map((p) => [`${PREFIX}${p}:${release}`, command(p)]))),
  );
  const kubeconfig = join(folder, "kubeconfig");
  const { podCidr, serviceCidr } = randomRanges();
  const api: ApiServer = await startApiServer({
    dataDir: join(folder, "api"),
    serviceCidr,
    kubeconfigPath: kubeconfig,
    historyLimit: 20_000,
    ...(over.onAccess === undefined ? {} : { onAccess: over.onAccess }),
  });
  const node: LocalNode = await startNode({
    store: api.store,
    dataDir: join(folder, "node"),
    imagesFile,
    podCidr,
    apiUrl: api.url,
    caPem: api.caPem,
    tokenForServiceAccount: api.tokenForServiceAccount,
    backoffMs: 200,
    stopTimeoutMs: 500,
  });
  api.setLogSource(node.logSource);
  const kube: Kube = await connectKube({ kubeconfig });
  return {
    folder,
    kubeconfig,
    api,
    kube,
    objects: (resource: string, namespace: string): readonly KubeObject[] => api.store.list(resource, namespace),
    async close() {
      kube.dropConnections();
      await node.close();
      await api.close();
      for (const pid of processesIn(folder)) process.kill(pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** One installation with one environment, in a namespace of its own; several can share a cluster. */
export async function startWorld(
  cluster: TestCluster,
  over: { namespace?: string; warmFullMinutes?: number; env?: Record<string, string> } = {},
) {
  const namespace = over.namespace ?? `ns-${Math.random().toString(36).slice(2, 8)}`;
  const gatewayPort = await freePort();
  const rest: Rest = await startRest({
    ...over.env,
    KUBECONFIG: cluster.kubeconfig,
    SLIPWAY_GATEWAY_PORT: String(gatewayPort),
    SLIPWAY_LOCAL_ENVIRONMENT: JSON.stringify({ namespace, warmFullMinutes: over.warmFullMinutes ?? 60 }),
  });
  await applyLocalEnvironment(cluster.kubeconfig, namespace);
  const db = rest.container.services.db;
  const environment = await db.read.environment.findFirstOrThrow();
  // Databases of one test run are copies of one template, and so is who they say they are.
  const { id: installationId } = await db.read.installation.update({
    where: { singleton: 1 },
    data: { id: randomUUID() },
  });
  const workers: WorkerProcess[] = [];

  const world = {
    cluster,
    rest,
    db,
    namespace,
    environmentId: environment.id,
    installationId,
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    startWorker(env: Record<string, string> = {}): WorkerProcess {
      const worker = spawnWorker(world.workerEnv(env));
      workers.push(worker);
      return worker;
    },
    workerEnv: (env: Record<string, string>) => ({
      PATH: process.env.PATH ?? "",
      DATABASE_URL: rest.databaseUrl,
      KUBECONFIG: cluster.kubeconfig,
      SLIPWAY_HOME: rest.home,
      ...over.env,
      SLIPWAY_SECRET_KEY: "a-secret-key-for-tests-only",
      WORKER_PORT: "0",
      ...env,
    }),
    call: async (method: string, path: string, options: Parameters<Rest["call"]>[2] = {}) => {
      const answer = await rest.call(method, path, options);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    objects: (resource: string) => cluster.objects(resource, namespace),
    async close() {
      await Promise.all(workers.map((worker) => worker.kill()));
      await rest.close();
    },
  };
  return world;
}

/** Status lies in the database, which tells nobody: asked again until it is so. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false | null>,
  timeoutMs = 50_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await sleep(20);
  }
}

/** Registers a model that multiplies by `factor`; answers its name. */
export async function registerModel(world: World, name: string, factors: readonly number[]): Promise<string> {
  await world.call("POST", "/models", { body: { name } });
  for (const factor of factors) {
    const { digest } = await world.call("PUT", "/artifacts", { raw: aScalingModel(factor) });
    await world.call("POST", `/models/${name}/versions`, { body: { artifact: digest } });
  }
  return name;
}

export const createEndpoint = (world: World, name: string) =>
  world.call("POST", "/endpoints", { body: { name, environment: "local" } });

export const addRevision = (world: World, endpoint: string, model: string, version: number, more: object = {}) =>
  world.call("POST", `/endpoints/${endpoint}/revisions`, {
    body: { model, version: String(version), resources: { cpu: "100m", memory: "256Mi" }, ...more },
  });

export const putTraffic = (world: World, endpoint: string, ifMatch: number, shares: Record<number, number>) =>
  world.call("PUT", `/endpoints/${endpoint}/traffic`, {
    headers: { "if-match": `"${ifMatch}"` },
    body: {
      entries: Object.entries(shares).map(([revision, weightPercent]) => ({
        revision: Number(revision),
        weightPercent,
      })),
    },
  });

/** Waits until the endpoint's newest plan is this one and is proven. */
export const untilApplied = (world: World, endpoint: string, number: number, timeoutMs?: number) =>
  until(
    `plan ${number} of ${endpoint} to be applied`,
    async () => {
      const view = await world.call("GET", `/endpoints/${endpoint}`);
      return view.plan?.number === number && view.plan.status === "applied" ? view : null;
    },
    timeoutMs,
  );

/** Answer of one prediction through the routers: the model multiplies 1 by its factor. */
export async function predict(world: World, endpoint: string) {
  const response = await fetch(`${world.gatewayUrl}/${endpoint}/v2/models/${endpoint}/infer`, {
    method: "POST",
    body: JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [1] }] }),
  });
  const body = (await response.json()) as { outputs?: { data: number[] }[] };
  return {
    status: response.status,
    plan: response.headers.get("x-slipway-plan"),
    revision: response.headers.get("x-slipway-revision"),
    y: body.outputs?.[0]?.data[0],
  };
}

/** Every row of intent and status with the transaction that wrote it: equal when nothing was written between. */
export async function writtenRows(world: World): Promise<string> {
  const tables = ["EndpointStatus", "RevisionStatus", "TrafficPlanStatus", "PlanAck", "Condition", "Change", "Audit"];
  const rows = await Promise.all(
    tables.map((table) =>
      world.db.read.$queryRawUnsafe(
        `SELECT '${table}' AS t, array_agg(xmin::text || ctid::text ORDER BY ctid)::text AS w FROM "${table}"`,
      ),
    ),
  );
  return JSON.stringify(rows);
}

/** The process of a pod that gets its uid by the downward API, as routers do. */
export function processOfPod(uid: string): number {
  const isOfPod = (pid: string) => {
    try {
      const [program] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      // Not the shell that waits for its end.
      const isShell = program?.endsWith("/sh") === true;
      return !isShell && readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`POD_UID=${uid}`);
    } catch {
      return false;
    }
  };
  const found = readdirSync("/proc").find((name) => /^\d+$/.test(name) && isOfPod(name));
  if (found === undefined) throw new Error(`no process of pod ${uid}`);
  return Number(found);
}
