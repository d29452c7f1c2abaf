import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Acks, PlanWire } from "#domain/traffic/wire.ts";
import { connectKube, type Kube } from "#k8s/client/kube.ts";
import { type ApiServer, startApiServer } from "#k8s/local/api-server.ts";
import type { PodAddress } from "#serving/router/upstream/pod-set.ts";
import { type RouterProcess, startRouterProcess } from "./router-process.ts";

export const NAMESPACE = "slipway-test";
export const LEASE = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: NAMESPACE, name: "router-1" };
const INSTALLATION = "0f8fad5b-d9cb-469f-a165-70867728950e";
const by = { manager: "test" };

export const installationLabels = (component: string) => ({
  "slipway.dev/installation": INSTALLATION,
  "slipway.dev/component": component,
});

export type RouterCluster = {
  folder: string;
  /** Another after `restartApi`. */
  api(): ApiServer;
  kube(): Kube;
  podUid: string;
  stopApi(): Promise<void>;
  /** Starts the API again, at the same address with the same data. */
  restartApi(): Promise<void>;
  /** The router of pod `router-1`, ended with the cluster at the latest. */
  startRouter(env?: Record<string, string>): Promise<RouterProcess>;
  putPlan(plan: PlanWire, text?: string): Promise<unknown>;
  putPod(service: string, pod: PodAddress): Promise<unknown>;
  /** What the router's Lease says; null without a Lease. */
  acks(): Promise<Acks | null>;
  close(): Promise<void>;
};

/** The local cluster's API alone, with a namespace and the Pod that a router's Lease belongs to. */
export async function startRouterCluster(): Promise<RouterCluster> {
  const folder = await mkdtemp(join(tmpdir(), "router-"));
  const kubeconfig = join(folder, "kubeconfig");
  const startApi = (port: number) => startApiServer({ dataDir: join(folder, "api"), port, kubeconfigPath: kubeconfig });
  let api = await startApi(0);
  let running = true;
  const port = Number(new URL(api.url).port);
  let kube = await connectKube({ kubeconfig });
  const routers: RouterProcess[] = [];
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }, by);
  const pod = await kube.create(aRouterPod, by);
  return {
    folder,
    api: () => api,
    kube: () => kube,
    podUid: pod.metadata.uid,
    async stopApi() {
      running = false;
      await api.close();
    },
    async restartApi() {
      api = await startApi(port);
      running = true;
      kube = await connectKube({ kubeconfig });
    },
    async startRouter(env = {}) {
      const router = await startRouterProcess({
        POD_NAME: "router-1",
        POD_UID: pod.metadata.uid,
        POD_NAMESPACE: NAMESPACE,
        SLIPWAY_INSTALLATION: INSTALLATION,
        SLIPWAY_ENVIRONMENT: "local",
        STATE_DIR: join(folder, "state"),
        KUBECONFIG: kubeconfig,
        ...env,
      });
      routers.push(router);
      return router;
    },
    putPlan: (plan, text = JSON.stringify(plan)) =>
      kube.apply(aPlanConfigMap(plan.endpoint, text), { ...by, force: true }),
    putPod: (service, address) => kube.create(aSlice(service, address), by),
    async acks() {
      const lease = await kube.get(LEASE);
      return lease === null ? null : (JSON.parse(lease.metadata.annotations?.["slipway.dev/acks"] ?? "{}") as Acks);
    },
    async close() {
      await Promise.all(routers.map((router) => router.kill()));
      kube.dropConnections();
      if (running) await api.close();
      await rm(folder, { recursive: true });
    },
  };
}

const aRouterPod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "router-1", namespace: NAMESPACE },
  spec: { containers: [{ name: "router", image: "x" }] },
};

const aPlanConfigMap = (endpoint: string, plan: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: `${endpoint}-plan`, namespace: NAMESPACE, labels: installationLabels("plan") },
  data: { plan },
});

const aSlice = (service: string, { id, host, port }: PodAddress) => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: {
    name: `${service}-x`,
    namespace: NAMESPACE,
    labels: { ...installationLabels("model"), "kubernetes.io/service-name": service },
  },
  addressType: "IPv4",
  endpoints: [{ addresses: [host], conditions: { ready: true }, targetRef: { kind: "Pod", name: id, uid: id } }],
  ports: [{ name: "http", port, protocol: "TCP" }],
});
