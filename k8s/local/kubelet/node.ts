import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRecorder, type Recorder } from "../controllers/events.ts";
import { keyOf, splitKey } from "../controllers/objects.ts";
import { createQueue } from "../controllers/queue.ts";
import { startControllers } from "../controllers/start.ts";
import { startProxy } from "../proxy/supervise.ts";
import type { LogSource } from "../store/log-source.ts";
import type { ClusterStore, StoreEvent } from "../store/types.ts";
import { createAddresses, holdSaved } from "./addresses.ts";
import type { NodeContext } from "./context.ts";
import { createImages } from "./images.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import { clearLeftovers } from "./leftovers.ts";
import { createLogSource } from "./logs.ts";
import { registerNode, thisMachine } from "./node-object.ts";
import { PodWorker } from "./pod-worker.ts";

const HOST_IP = "127.0.0.1";
const DEFAULT_BACKOFF_MS = 10_000;
const DEFAULT_STOP_MS = 5000;
const RETRY_MS = 1000;

export type NodeInput = {
  store: ClusterStore;
  /** Folder of pods, claims and the proxy's table; made here, mode 0700. */
  dataDir: string;
  /** JSON `{"<image>": {"command": […]}}`, read again whenever it changes. */
  imagesFile: string;
  /** Range inside 127.0.0.0/8 that pods get their addresses from. */
  podCidr: string;
  /** What pods reach the API by, and trust. */
  apiUrl: string;
  caPem: string;
  /** Bearer token of a ServiceAccount; undefined when it does not exist. */
  tokenForServiceAccount: (namespace: string, name: string) => string | undefined;
  /** Where the ports of NodePort Services listen; loopback unless told otherwise. */
  nodePortHost?: string;
  nodeName?: string;
  /** Extended resources of the node, such as `nvidia.com/gpu`. */
  devices?: Readonly<Record<string, number>>;
  /** First delay of a crash loop; 10 s as on a real cluster. */
  backoffMs?: number;
  /** Longest that `close` waits for programs before it kills them. */
  stopTimeoutMs?: number;
  /** Told of what went wrong and will be tried again. */
  onError?: (what: string, error: unknown) => void;
};
export type LocalNode = {
  logSource: LogSource;
  /** Stops every pod and the proxy; the objects stay, and their pods start again with the next node. */
  close(): Promise<void>;
};

type Workers = Map<string, PodWorker>;

const podsOf = (store: ClusterStore, nodeName: string) =>
  store.list("pods").filter((pod) => pod.spec.nodeName === nodeName);

/** Brings the worker of one pod in line with the object. */
const reconcilePod = (node: NodeContext, workers: Workers, key: string, again: (key: string) => void) => {
  const { namespace, name } = splitKey(key);
  const pod = node.store.get("pods", namespace, name);
  const current = workers.get(key);
  if (current !== undefined && pod?.metadata.uid !== current.uid) {
    workers.delete(key);
    current.discard().catch((error: unknown) => node.onError(`removing pod ${key}`, error));
  }
  if (pod === undefined || pod.spec.nodeName !== node.nodeName) return;
  const worker = workers.get(key) ?? new PodWorker(node, pod);
  if (!workers.has(key)) {
    workers.set(key, worker);
    worker.begin();
  }
  if (pod.metadata.deletionTimestamp !== undefined)
    worker.terminate().catch((error: unknown) => {
      node.onError(`stopping pod ${key}`, error);
      again(key);
    });
};

/** A pod may still be writing there: what a listener throws would end the cluster. */
const forgetClaim = (node: NodeContext, uid: string) => {
  try {
    rmSync(join(node.claimsDir, uid), { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    node.onError(`folder of the deleted claim ${uid}`, error);
  }
};

const watchStore = (node: NodeContext, workers: Workers) => {
  const pods = createQueue(
    (key) => reconcilePod(node, workers, key, (late) => pods.addAfter(late, RETRY_MS)),
    (key, error) => node.onError(`pod ${key}`, error),
  );
  const retry = createQueue(
    (namespace) => {
      for (const [key, worker] of workers) if (splitKey(key).namespace === namespace) worker.retryNow();
    },
    (namespace, error) => node.onError(`pods of ${namespace}`, error),
  );
  const onEvent = ({ type, resource, object }: StoreEvent) => {
    const { namespace = "", uid } = object.metadata;
    if (resource === "pods" && (object.spec.nodeName === node.nodeName || type === "DELETED")) pods.add(keyOf(object));
    if (["secrets", "configmaps", "persistentvolumeclaims"].includes(resource) && type !== "DELETED")
      retry.add(namespace);
    if (resource === "persistentvolumeclaims" && type === "DELETED") forgetClaim(node, uid);
  };
  const unsubscribe = node.store.subscribe(onEvent);
  return {
    add: pods.add,
    idle: pods.idle,
    close: () => {
      unsubscribe();
      pods.close();
      retry.close();
    },
  };
};

const contextOf = (input: NodeInput, record: Recorder, nodeName: string): NodeContext => {
  const { store, dataDir } = input;
  const podsDir = join(dataDir, "pods");
  mkdirSync(podsDir, { recursive: true, mode: 0o700 });
  return {
    store,
    record,
    images: createImages(input.imagesFile),
    addresses: createAddresses(input.podCidr, dataDir),
    nodeName,
    hostIp: HOST_IP,
    podsDir,
    claimsDir: join(dataDir, "claims"),
    machine: thisMachine(),
    credentials: (namespace, account) => {
      const token = input.tokenForServiceAccount(namespace, account);
      return token === undefined
        ? undefined
        : { token, kubeconfig: kubeconfigFor({ server: input.apiUrl, caPem: input.caPem, token, namespace }) };
    },
    backoffMs: input.backoffMs ?? DEFAULT_BACKOFF_MS,
    onError: input.onError ?? (() => undefined),
  };
};

/**
 * Starts controllers, scheduler, kubelet and service proxy over a store. Programs of an earlier node on the same
 * `dataDir` are taken over as they run. Rejects when the images file cannot be read or `podCidr` is unusable.
 */
export const startNode = async (input: NodeInput): Promise<LocalNode> => {
  const { store, nodeName = "local" } = input;
  const record = createRecorder(store, nodeName);
  const node = contextOf(input, record, nodeName);
  node.images("");
  registerNode(store, thisMachine(input.devices), nodeName, HOST_IP);
  const present = podsOf(store, nodeName);
  await clearLeftovers(node.podsDir, new Set(present.map(({ metadata }) => metadata.uid)));
  holdSaved(node.podsDir, node.addresses);
  const workers: Workers = new Map();
  const watching = watchStore(node, workers);
  // Pods before controllers: their readiness must be true before anything is derived from it.
  for (const pod of present) watching.add(keyOf(pod));
  await watching.idle();
  const controllers = startControllers({ store, record, nodeName, onError: node.onError });
  const proxy = await startProxy({
    store,
    record,
    folder: join(input.dataDir, "proxy"),
    nodePortHost: input.nodePortHost ?? HOST_IP,
    onError: node.onError,
  });
  const logSource = createLogSource(({ namespace, pod, container, previous }) =>
    workers.get(`${namespace}/${pod}`)?.logTarget(container, previous),
  );
  const close = async () => {
    controllers.close();
    watching.close();
    const maxGraceMs = input.stopTimeoutMs ?? DEFAULT_STOP_MS;
    await Promise.all([...workers.values()].map((worker) => worker.shutdown(maxGraceMs)));
    await proxy.close();
  };
  return { logSource, close };
};
