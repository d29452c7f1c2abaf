import { isDeepStrictEqual } from "node:util";
import type { ClusterStore, KubeObject } from "../store/types.ts";
import { controllerReference, type Index, labelKey, matchesLabels, splitKey } from "./objects.ts";
import { isFinished, isPodReady } from "./replica-set.ts";

const SLICES = "endpointslices.discovery.k8s.io";
const MAX_ENDPOINTS = 100;
const MANAGED_BY = "endpointslice-controller.k8s.io";

type Port = { name: string; protocol: string; port: number };
type Endpoint = {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  targetRef: { kind: "Pod"; namespace: string | undefined; name: string; uid: string };
  nodeName: string;
};
type Slice = { endpoints: Endpoint[] | null; ports: Port[] | null };

export type EndpointSliceContext = { store: ClusterStore; podsByLabel: Index; slicesByOwner: Index };

const endpointOf = (pod: KubeObject, publishNotReady: boolean): Endpoint => {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isPodReady(pod);
  return {
    addresses: [pod.status.podIP],
    conditions: { ready: publishNotReady || (serving && !terminating), serving, terminating },
    targetRef: { kind: "Pod", namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    nodeName: pod.spec.nodeName,
  };
};

/** Number of a Service's target port in this pod; undefined when the pod names no such port. */
const targetPort = (pod: KubeObject, port: { port: number; targetPort?: number | string }): number | undefined => {
  const target = port.targetPort ?? port.port;
  if (typeof target === "number") return target;
  const ports = pod.spec.containers.flatMap(
    (container: { ports?: { name?: string; containerPort: number }[] }) => container.ports ?? [],
  );
  return ports.find(({ name }: { name?: string }) => name === target)?.containerPort;
};

const portsOf = (service: KubeObject, pod: KubeObject): Port[] =>
  (service.spec.ports ?? []).flatMap(
    (port: { name?: string; protocol?: string; port: number; targetPort?: number }) => {
      const number = targetPort(pod, port);
      return number === undefined ? [] : [{ name: port.name ?? "", protocol: port.protocol ?? "TCP", port: number }];
    },
  );

/** Endpoints grouped by the ports they answer on, at most 100 to a slice, in a stable order. */
export const desiredSlices = (service: KubeObject, pods: readonly KubeObject[]): Slice[] => {
  const groups = new Map<string, { ports: Port[]; endpoints: Endpoint[] }>();
  const publishNotReady = service.spec.publishNotReadyAddresses === true;
  const addressed = pods.filter((pod) => pod.status?.podIP && pod.spec.nodeName && !isFinished(pod));
  const order = (pod: KubeObject) => `${pod.metadata.creationTimestamp}/${pod.metadata.name}`;
  for (const pod of addressed.sort((a, b) => order(a).localeCompare(order(b)))) {
    const ports = portsOf(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(pod, publishNotReady));
    groups.set(key, group);
  }
  const slices = [...groups.values()].flatMap(({ ports, endpoints }) =>
    Array.from({ length: Math.ceil(endpoints.length / MAX_ENDPOINTS) }, (_, i) => ({
      endpoints: endpoints.slice(i * MAX_ENDPOINTS, (i + 1) * MAX_ENDPOINTS),
      ports,
    })),
  );
  return slices.length > 0 ? slices : [{ endpoints: null, ports: null }];
};

const sliceLabels = (service: KubeObject): Record<string, string> => ({
  ...service.metadata.labels,
  "endpointslice.kubernetes.io/managed-by": MANAGED_BY,
  "kubernetes.io/service-name": service.metadata.name,
  ...(service.spec.clusterIP === "None" ? { "service.kubernetes.io/headless": "" } : {}),
});

const create = (store: ClusterStore, service: KubeObject, labels: Record<string, string>, slice: Slice) =>
  store.create(
    SLICES,
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        generateName: `${service.metadata.name}-`,
        ...(service.metadata.namespace === undefined ? {} : { namespace: service.metadata.namespace }),
        labels,
        ownerReferences: [controllerReference(service)],
      },
      addressType: "IPv4",
      ...slice,
    },
    "kube-controller-manager",
  );

const isSame = (current: KubeObject, labels: Record<string, string>, slice: Slice): boolean =>
  isDeepStrictEqual(current.metadata.labels, labels) &&
  isDeepStrictEqual(current.endpoints ?? null, slice.endpoints) &&
  isDeepStrictEqual(current.ports ?? null, slice.ports);

/** Keeps the EndpointSlices of a Service equal to the pods its selector finds; writes only differences. */
export const reconcileEndpointSlices = (
  { store, podsByLabel, slicesByOwner }: EndpointSliceContext,
  key: string,
): void => {
  const { namespace, name } = splitKey(key);
  const service = store.get("services", namespace, name);
  const selector: Record<string, string> = service?.spec.selector ?? {};
  const first = Object.entries(selector)[0];
  if (service === undefined || service.metadata.deletionTimestamp !== undefined || first === undefined) return;
  const pods = podsByLabel
    .lookup(labelKey(namespace, first[0], first[1]))
    .filter((pod) => matchesLabels(selector, pod.metadata.labels));
  const labels = sliceLabels(service);
  const current = slicesByOwner
    .lookup(service.metadata.uid)
    .filter((slice) => slice.metadata.deletionTimestamp === undefined)
    .sort(
      (a, b) =>
        a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) ||
        (a.metadata.name < b.metadata.name ? -1 : 1),
    );
  const wanted = desiredSlices(service, pods);
  for (const [i, slice] of wanted.entries()) {
    const existing = current[i];
    if (existing === undefined) create(store, service, labels, slice);
    else if (!isSame(existing, labels, slice))
      store.update(SLICES, { ...existing, metadata: { ...existing.metadata, labels }, ...slice });
  }
  for (const surplus of current.slice(wanted.length)) store.delete(SLICES, namespace, surplus.metadata.name);
};
