import type { ClusterStore, KubeObject } from "../store/types.ts";
import type { Recorder } from "./events.ts";
import { splitKey, timestamp } from "./objects.ts";
import { isFinished, podCondition } from "./replica-set.ts";

const SCHEDULER = "default-scheduler";

/**
 * Extended resources are whole devices that cannot be shared, so they are the ones that are counted.
 * Processor and memory are not: a laptop runs more pods than their requests would admit.
 */
const isDevice = (resource: string): boolean => resource.includes("/") && !resource.startsWith("kubernetes.io/");

type Container = { resources?: { requests?: Record<string, string>; limits?: Record<string, string> } };

const devicesOf = (pod: KubeObject): Map<string, number> => {
  const wanted = new Map<string, number>();
  for (const { resources } of (pod.spec.containers ?? []) as Container[])
    for (const [resource, amount] of Object.entries({ ...resources?.limits, ...resources?.requests }))
      if (isDevice(resource)) wanted.set(resource, (wanted.get(resource) ?? 0) + Number(amount));
  return wanted;
};

const runsOn = (node: KubeObject) => (pod: KubeObject) => pod.spec.nodeName === node.metadata.name && !isFinished(pod);

const misfits = (node: KubeObject, pod: KubeObject, pods: () => readonly KubeObject[]): string[] => {
  const reasons: string[] = [];
  const wanted = devicesOf(pod);
  const held = wanted.size === 0 ? [] : pods().filter(runsOn(node)).map(devicesOf);
  for (const [resource, amount] of wanted) {
    const used = held.reduce((total, devices) => total + (devices.get(resource) ?? 0), 0);
    if (amount + used > Number(node.status?.allocatable?.[resource] ?? 0)) reasons.push(`1 Insufficient ${resource}`);
  }
  const labels = node.metadata.labels ?? {};
  const selector: Record<string, string> = pod.spec.nodeSelector ?? {};
  if (Object.entries(selector).some(([label, value]) => labels[label] !== value))
    reasons.push("1 node(s) didn't match Pod's node affinity/selector");
  return reasons;
};

const withScheduled = (pod: KubeObject, condition: Record<string, unknown>) => ({
  ...pod,
  status: {
    ...pod.status,
    conditions: [
      ...(pod.status?.conditions ?? []).filter(({ type }: { type: string }) => type !== "PodScheduled"),
      { type: "PodScheduled", lastProbeTime: null, lastTransitionTime: timestamp(Date.now()), ...condition },
    ],
  },
});

export type SchedulerContext = { store: ClusterStore; record: Recorder; nodeName: string };

const refuse = ({ store, record }: SchedulerContext, pod: KubeObject, reasons: readonly string[]) => {
  const message = `0/1 nodes are available: ${reasons.join(", ")}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`;
  const current = podCondition(pod, "PodScheduled") as { status: string; message?: string } | undefined;
  if (current?.status === "False" && current.message === message) return;
  store.updateStatus("pods", withScheduled(pod, { status: "False", reason: "Unschedulable", message }), SCHEDULER);
  record({ about: pod, type: "Warning", reason: "FailedScheduling", message, component: SCHEDULER });
};

/** Puts a pod on the one node, or says in its condition and an event why it does not fit. */
export const schedule = (context: SchedulerContext, key: string): void => {
  const { store, record, nodeName } = context;
  const { namespace, name } = splitKey(key);
  const pod = store.get("pods", namespace, name);
  if (pod === undefined || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) return;
  const node = store.get("nodes", undefined, nodeName);
  const reasons = node === undefined ? ["1 node(s) were not found"] : misfits(node, pod, () => store.list("pods"));
  if (reasons.length > 0) {
    refuse(context, pod, reasons);
    return;
  }
  const bound = store.update("pods", { ...pod, spec: { ...pod.spec, nodeName } }, SCHEDULER);
  store.updateStatus("pods", withScheduled(bound, { status: "True" }), SCHEDULER);
  record({
    about: pod,
    type: "Normal",
    reason: "Scheduled",
    message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
    component: SCHEDULER,
  });
};
