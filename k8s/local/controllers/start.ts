import type { ClusterStore, KubeObject, StoreEvent } from "../store/types.ts";
import { bindClaim } from "./claims.ts";
import { reconcileDeployment } from "./deployment.ts";
import { reconcileEndpointSlices } from "./endpoint-slice.ts";
import type { Recorder } from "./events.ts";
import { byLabel, controllerOf, createIndex, type Index, keyOf, matchesLabels, ownedBy } from "./objects.ts";
import { createQueue, type KeyQueue } from "./queue.ts";
import { reconcileReplicaSet } from "./replica-set.ts";
import { schedule } from "./scheduler.ts";

type Queues = Record<"deployments" | "sets" | "slices" | "pods" | "claims", KeyQueue>;
type Indexes = Record<"setsByOwner" | "podsByOwner" | "podsByLabel" | "slicesByOwner" | "servicesByNamespace", Index>;

const ownerKey = (object: KubeObject): string | undefined => {
  const owner = controllerOf(object);
  return owner === undefined ? undefined : `${object.metadata.namespace ?? ""}/${owner.name}`;
};

/** Services whose selector finds this pod, as it is or as it was. */
const servicesOf = (pod: KubeObject, services: readonly KubeObject[]): string[] =>
  services
    .filter(
      ({ spec }) => Object.keys(spec.selector ?? {}).length > 0 && matchesLabels(spec.selector, pod.metadata.labels),
    )
    .map(keyOf);

const onPod = ({ object, previous, type }: StoreEvent, queues: Queues, indexes: Indexes, pending: Set<string>) => {
  const set = ownerKey(object);
  if (set !== undefined) queues.sets.add(set);
  const services = indexes.servicesByNamespace.lookup(object.metadata.namespace ?? "");
  for (const key of servicesOf(object, services)) queues.slices.add(key);
  if (previous !== undefined && previous.metadata.labels !== object.metadata.labels)
    for (const key of servicesOf(previous, services)) queues.slices.add(key);
  const key = keyOf(object);
  const unbound = type !== "DELETED" && !object.spec.nodeName && !object.metadata.deletionTimestamp;
  if (unbound) {
    pending.add(key);
    if (type === "ADDED") queues.pods.add(key);
  } else pending.delete(key);
  // A pod that ended may have held what a waiting one needs.
  if (type === "DELETED" && object.spec.nodeName) for (const waiting of pending) queues.pods.add(waiting);
};

const dispatch = (event: StoreEvent, queues: Queues, indexes: Indexes, pending: Set<string>) => {
  const { resource, object } = event;
  const owner = ownerKey(object);
  switch (resource) {
    case "deployments.apps":
      return queues.deployments.add(keyOf(object));
    case "replicasets.apps":
      queues.sets.add(keyOf(object));
      return owner === undefined ? undefined : queues.deployments.add(owner);
    case "pods": {
      onPod(event, queues, indexes, pending);
      // A Recreate rollout waits for pods to be gone, which changes no ReplicaSet counter.
      const set = event.type === "DELETED" && owner !== undefined ? controllerOf(object) : undefined;
      if (set === undefined) return;
      const [namespace = ""] = (owner ?? "").split("/");
      const parent = indexes.setsByOwner.lookup(`set:${set.uid}`)[0];
      const deployment = parent === undefined ? undefined : controllerOf(parent);
      return deployment === undefined ? undefined : queues.deployments.add(`${namespace}/${deployment.name}`);
    }
    case "services":
      return queues.slices.add(keyOf(object));
    case "endpointslices.discovery.k8s.io":
      return owner === undefined ? undefined : queues.slices.add(owner);
    case "persistentvolumeclaims":
      return queues.claims.add(keyOf(object));
    case "nodes":
      for (const waiting of pending) queues.pods.add(waiting);
      return;
    default:
      return;
  }
};

const WATCHED = [
  "deployments.apps",
  "replicasets.apps",
  "pods",
  "services",
  "endpointslices.discovery.k8s.io",
  "persistentvolumeclaims",
];

export type ControllersInput = {
  store: ClusterStore;
  record: Recorder;
  nodeName: string;
  onError: (what: string, error: unknown) => void;
};

/** Runs every controller on the store's own events. Writes nothing while nothing differs. */
export const startControllers = ({ store, record, nodeName, onError }: ControllersInput): { close(): void } => {
  const indexes: Indexes = {
    setsByOwner: createIndex(store, "replicasets.apps", (set) => [...ownedBy(set), `set:${set.metadata.uid}`]),
    podsByOwner: createIndex(store, "pods", ownedBy),
    podsByLabel: createIndex(store, "pods", byLabel),
    slicesByOwner: createIndex(store, "endpointslices.discovery.k8s.io", ownedBy),
    servicesByNamespace: createIndex(store, "services", ({ metadata }) => [metadata.namespace ?? ""]),
  };
  const queue = (name: string, reconcile: (key: string) => void): KeyQueue =>
    createQueue(reconcile, (key, error) => onError(`${name} ${key}`, error));
  const queues: Queues = {
    deployments: queue("deployment", (key) =>
      reconcileDeployment(
        { store, record, ...indexes, requeueAfter: (k, ms) => queues.deployments.addAfter(k, ms) },
        key,
      ),
    ),
    sets: queue("replica set", (key) =>
      reconcileReplicaSet({ store, record, ...indexes, requeueAfter: (k, ms) => queues.sets.addAfter(k, ms) }, key),
    ),
    slices: queue("endpoint slices of", (key) => reconcileEndpointSlices({ store, ...indexes }, key)),
    pods: queue("scheduling of", (key) => schedule({ store, record, nodeName }, key)),
    claims: queue("claim", (key) => bindClaim(store, key)),
  };
  const pending = new Set<string>();
  const unsubscribe = store.subscribe((event) => dispatch(event, queues, indexes, pending));
  for (const resource of WATCHED)
    for (const object of store.list(resource)) dispatch({ type: "ADDED", resource, object }, queues, indexes, pending);
  const close = () => {
    unsubscribe();
    for (const one of Object.values(queues)) one.close();
    for (const index of Object.values(indexes)) index.close();
  };
  return { close };
};
