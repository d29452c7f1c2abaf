import { isDeepStrictEqual } from "node:util";
import type { ClusterStore, KubeObject } from "../store/types.ts";
import type { Recorder } from "./events.ts";
import { controllerReference, type Index, splitKey } from "./objects.ts";

export const podCondition = (
  pod: KubeObject,
  type: string,
): { status: string; lastTransitionTime?: string } | undefined =>
  pod.status?.conditions?.find((condition: { type: string }) => condition.type === type);

export const isPodReady = (pod: KubeObject): boolean => podCondition(pod, "Ready")?.status === "True";

export const isFinished = (pod: KubeObject): boolean =>
  pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";

const isActive = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp === undefined && !isFinished(pod);

/** Milliseconds until a ready pod counts as available; 0 when it does; undefined when it is not ready. */
const availableInMs = (pod: KubeObject, minReadySeconds: number, now: number): number | undefined => {
  const ready = podCondition(pod, "Ready");
  if (ready?.status !== "True") return undefined;
  if (minReadySeconds === 0) return 0;
  return Math.max(0, Date.parse(ready.lastTransitionTime ?? "") + minReadySeconds * 1000 - now);
};

const PHASE_ORDER: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/** Sort order of pods to lose when scaling down: those that serve least and are youngest go first. */
export const deletionOrder = (a: KubeObject, b: KubeObject): number => {
  const rank = (pod: KubeObject) => [
    pod.spec?.nodeName ? 1 : 0,
    PHASE_ORDER[pod.status?.phase ?? "Pending"] ?? 1,
    isPodReady(pod) ? 1 : 0,
    Number(pod.metadata.annotations?.["controller.kubernetes.io/pod-deletion-cost"] ?? 0),
    -Date.parse(podCondition(pod, "Ready")?.lastTransitionTime ?? pod.metadata.creationTimestamp),
    -restarts(pod),
    -Date.parse(pod.metadata.creationTimestamp),
  ];
  const [left, right] = [rank(a), rank(b)];
  for (const [i, value] of left.entries()) {
    const difference = value - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const restarts = (pod: KubeObject): number =>
  (pod.status?.containerStatuses ?? []).reduce(
    (most: number, status: { restartCount: number }) => Math.max(most, status.restartCount),
    0,
  );

export type ReplicaSetContext = {
  store: ClusterStore;
  record: Recorder;
  podsByOwner: Index;
  requeueAfter: (key: string, delayMs: number) => void;
};

const createPod = ({ store, record }: ReplicaSetContext, set: KubeObject) => {
  const template = set.spec.template;
  const pod = store.create(
    "pods",
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        generateName: `${set.metadata.name}-`,
        ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
        ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
        ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
        ownerReferences: [controllerReference(set)],
      },
      spec: template.spec,
    },
    "kube-controller-manager",
  );
  record({
    about: set,
    type: "Normal",
    reason: "SuccessfulCreate",
    message: `Created pod: ${pod.metadata.name}`,
    component: "replicaset-controller",
  });
};

const deletePod = ({ store, record }: ReplicaSetContext, set: KubeObject, pod: KubeObject) => {
  store.delete("pods", pod.metadata.namespace, pod.metadata.name, { uid: pod.metadata.uid });
  record({
    about: set,
    type: "Normal",
    reason: "SuccessfulDelete",
    message: `Deleted pod: ${pod.metadata.name}`,
    component: "replicaset-controller",
  });
};

const statusOf = (set: KubeObject, pods: readonly KubeObject[], now: number) => {
  const active = pods.filter(isActive);
  const minReadySeconds: number = set.spec.minReadySeconds ?? 0;
  const waits = active.map((pod) => availableInMs(pod, minReadySeconds, now)).filter((wait) => wait !== undefined);
  const available = waits.filter((wait) => wait === 0).length;
  const labels: Record<string, string> = set.spec.template.metadata?.labels ?? {};
  const labelled = active.filter((pod) =>
    Object.entries(labels).every(([label, value]) => pod.metadata.labels?.[label] === value),
  ).length;
  const counts = {
    ...(labelled > 0 ? { fullyLabeledReplicas: labelled } : {}),
    ...(waits.length > 0 ? { readyReplicas: waits.length } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
  };
  const terminating = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isFinished(pod)).length;
  const conditions = set.status?.conditions ? { conditions: set.status.conditions } : {};
  return {
    status: {
      replicas: active.length,
      ...counts,
      terminatingReplicas: terminating,
      observedGeneration: set.metadata.generation,
      ...conditions,
    },
    nextCheckMs: Math.min(...waits.filter((wait) => wait > 0)),
  };
};

/** Makes as many pods as the ReplicaSet asks for, no more, and writes its counters. */
export const reconcileReplicaSet = (context: ReplicaSetContext, key: string): void => {
  const { store, podsByOwner } = context;
  const { namespace, name } = splitKey(key);
  const set = store.get("replicasets.apps", namespace, name);
  if (set === undefined) return;
  const pods = podsByOwner.lookup(set.metadata.uid);
  const active = pods.filter(isActive);
  const desired: number = set.spec.replicas ?? 1;
  if (set.metadata.deletionTimestamp === undefined) {
    for (let i = active.length; i < desired; i++) createPod(context, set);
    const surplus = active.length - desired;
    if (surplus > 0) for (const pod of active.sort(deletionOrder).slice(0, surplus)) deletePod(context, set, pod);
  }
  const { status, nextCheckMs } = statusOf(set, podsByOwner.lookup(set.metadata.uid), Date.now());
  if (!isDeepStrictEqual(status, set.status)) store.updateStatus("replicasets.apps", { ...set, status });
  if (Number.isFinite(nextCheckMs)) context.requeueAfter(key, nextCheckMs);
};
