import type { KubeObject } from "../store/types.ts";
import { ageOf } from "./age.ts";
import { type Column, NAME } from "./column.ts";

type ContainerStatus = {
  ready?: boolean;
  restartCount?: number;
  started?: boolean;
  state?: {
    waiting?: { reason?: string };
    terminated?: { reason?: string; exitCode?: number; signal?: number };
    running?: object;
  };
  lastState?: { terminated?: { finishedAt?: string } };
};

const ended = (terminated: { reason?: string; exitCode?: number; signal?: number }) =>
  terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`);

/** Why an init container keeps the pod waiting; undefined when all are done. */
function initReason(pod: KubeObject): string | undefined {
  const statuses: ContainerStatus[] = pod.status?.initContainerStatuses ?? [];
  const total: number = pod.spec?.initContainers?.length ?? 0;
  for (const [index, { state }] of statuses.entries()) {
    if (state?.terminated?.exitCode === 0) continue;
    if (state?.terminated) return `Init:${ended(state.terminated)}`;
    const waiting = state?.waiting?.reason;
    return waiting && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${index}/${total}`;
  }
  return undefined;
}

function containerReason(pod: KubeObject, phase: string): string {
  const statuses: ContainerStatus[] = pod.status?.containerStatuses ?? [];
  let reason = phase;
  let running = false;
  for (const { state, ready } of [...statuses].reverse()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated) reason = ended(state.terminated);
    else if (ready && state?.running) running = true;
  }
  if (reason !== "Completed" || !running) return reason;
  const ready = pod.status?.conditions?.some(
    (c: { type: string; status: string }) => c.type === "Ready" && c.status === "True",
  );
  return ready ? "Running" : "NotReady";
}

/** The one word of `kubectl get pods`. */
export function podStatus(pod: KubeObject): string {
  const phase: string = pod.status?.reason ?? pod.status?.phase ?? "Unknown";
  const initializing = pod.status?.phase === "Pending" || pod.status?.phase === "Failed" ? initReason(pod) : undefined;
  const reason = initializing ?? containerReason(pod, phase);
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  const done = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  return done ? reason : "Terminating";
}

function restarts(pod: KubeObject, now: Date): string {
  const statuses: ContainerStatus[] = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  const count = statuses.reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
  const last = statuses
    .map((status) => status.lastState?.terminated?.finishedAt ?? "")
    .sort()
    .at(-1);
  return count > 0 && last ? `${count} (${ageOf(last, now)} ago)` : String(count);
}

function ready(pod: KubeObject): string {
  const statuses: ContainerStatus[] = pod.status?.containerStatuses ?? [];
  return `${statuses.filter((status) => status.ready).length}/${pod.spec?.containers?.length ?? 0}`;
}

export const POD_COLUMNS: readonly Column[] = [
  NAME,
  { name: "Ready", cell: ready },
  { name: "Status", cell: podStatus },
  { name: "Restarts", cell: restarts },
  { name: "Age", cell: ({ metadata }, now) => ageOf(metadata.creationTimestamp, now) },
  { name: "IP", wide: true, cell: ({ status }) => status?.podIP ?? "<none>" },
  { name: "Node", wide: true, cell: ({ spec }) => spec?.nodeName ?? "<none>" },
  { name: "Nominated Node", wide: true, cell: ({ status }) => status?.nominatedNodeName || "<none>" },
  { name: "Readiness Gates", wide: true, cell: () => "<none>" },
];
