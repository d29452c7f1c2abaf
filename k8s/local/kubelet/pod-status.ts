import { timestamp } from "../controllers/objects.ts";
import type { KubeObject } from "../store/types.ts";
import type { Exit } from "./processes.ts";

export type Terminated = {
  exitCode: number;
  reason: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
  containerID: string;
};
export type ContainerState =
  | { kind: "waiting"; reason: string; message?: string }
  | { kind: "running"; startedAt: string }
  | { kind: "terminated"; terminated: Terminated };

/** What a status says of one container. */
export type ContainerView = {
  name: string;
  image: string;
  state: ContainerState;
  last?: Terminated;
  ready: boolean;
  started: boolean;
  restartCount: number;
  /** `process://<process group>`; empty before the first start. */
  containerId: string;
};
export type PodView = {
  init: readonly ContainerView[];
  main: readonly ContainerView[];
  podIp: string | undefined;
  hostIp: string;
  startTime: string;
};
type Condition = {
  type: string;
  observedGeneration?: number;
  status: "True" | "False";
  lastProbeTime: null;
  lastTransitionTime: string;
  reason?: string;
  message?: string;
};

export const terminatedOf = (exit: Exit, startedAtMs: number, containerID: string): Terminated => ({
  exitCode: exit.exitCode,
  reason: exit.exitCode === 0 ? "Completed" : "Error",
  startedAt: timestamp(startedAtMs),
  finishedAt: timestamp(exit.finishedAtMs),
  containerID,
});

const stateOf = (state: ContainerState): Record<string, unknown> => {
  switch (state.kind) {
    case "waiting":
      return { waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) } };
    case "running":
      return { running: { startedAt: state.startedAt } };
    case "terminated":
      return { terminated: state.terminated };
  }
};

const containerStatus = (view: ContainerView) => ({
  name: view.name,
  state: stateOf(view.state),
  lastState: view.last === undefined ? {} : { terminated: view.last },
  ready: view.ready,
  restartCount: view.restartCount,
  image: view.image,
  imageID: view.containerId === "" ? "" : view.image,
  ...(view.containerId === "" ? {} : { containerID: view.containerId }),
  started: view.started,
});

const isDone = ({ state }: ContainerView): boolean => state.kind === "terminated" && state.terminated.exitCode === 0;
const hasEnded = ({ state, last }: ContainerView): boolean =>
  state.kind === "terminated" || (state.kind === "waiting" && last !== undefined);

/** Phase of a pod; `stopping` pods never restart anything, so ended containers decide. */
export const phaseOf = (pod: KubeObject, { init, main }: PodView): string => {
  const stopping = pod.metadata.deletionTimestamp !== undefined;
  const policy: string = stopping ? "Never" : (pod.spec.restartPolicy ?? "Always");
  const failedInit = init.some(({ state }) => state.kind === "terminated" && state.terminated.exitCode !== 0);
  if (policy === "Never" && failedInit) return "Failed";
  if (
    stopping &&
    main.every(({ state }) => state.kind !== "running") &&
    init.every(({ state }) => state.kind !== "running")
  )
    return main.every((view) => isDone(view)) ? "Succeeded" : "Failed";
  if (!init.every(isDone)) return "Pending";
  if (main.some((view) => view.state.kind === "waiting" && !hasEnded(view))) return "Pending";
  if (main.some(({ state }) => state.kind === "running")) return "Running";
  if (policy === "Always") return "Running";
  if (main.every(isDone)) return "Succeeded";
  return policy === "Never" ? "Failed" : "Running";
};

const names = (views: readonly ContainerView[]): string => `[${views.map(({ name }) => name).join(" ")}]`;

type Verdict = Pick<Condition, "type" | "status" | "reason" | "message">;

const readiness = (type: string, phase: string, main: readonly ContainerView[]): Verdict => {
  if (phase === "Succeeded") return { type, status: "False", reason: "PodCompleted" };
  const unready = main.filter(({ ready }) => !ready);
  if (unready.length === 0) return { type, status: "True" };
  if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  return {
    type,
    status: "False",
    reason: "ContainersNotReady",
    message: `containers with unready status: ${names(unready)}`,
  };
};

const verdicts = (view: PodView, phase: string): Verdict[] => {
  const pendingInit = view.init.filter((container) => !isDone(container));
  const ended = phase === "Succeeded" || phase === "Failed";
  const initialized: Verdict =
    pendingInit.length > 0 && !ended
      ? {
          type: "Initialized",
          status: "False",
          reason: "ContainersNotInitialized",
          message: `containers with incomplete status: ${names(pendingInit)}`,
        }
      : { type: "Initialized", status: "True", ...(phase === "Succeeded" ? { reason: "PodCompleted" } : {}) };
  return [
    { type: "PodReadyToStartContainers", status: view.podIp !== undefined && !ended ? "True" : "False" },
    initialized,
    readiness("Ready", phase, view.main),
    readiness("ContainersReady", phase, view.main),
  ];
};

/** The whole status of a pod. Transition times of conditions whose status stays are kept from `pod`. */
export const podStatus = (pod: KubeObject, view: PodView, nowMs: number): Record<string, unknown> => {
  const before: Condition[] = pod.status?.conditions ?? [];
  const observedGeneration = pod.metadata.generation ?? 1;
  const phase = phaseOf(pod, view);
  const conditions = verdicts(view, phase).map((verdict): Condition => {
    const current = before.find(({ type }) => type === verdict.type);
    const kept = current?.status === verdict.status ? current.lastTransitionTime : timestamp(nowMs);
    const { type, status, ...why } = verdict;
    return { type, observedGeneration, status, lastProbeTime: null, lastTransitionTime: kept, ...why };
  });
  const scheduled = before.find(({ type }) => type === "PodScheduled");
  if (scheduled !== undefined) conditions.push({ ...scheduled, observedGeneration });
  return {
    observedGeneration,
    phase,
    conditions,
    hostIP: view.hostIp,
    hostIPs: [{ ip: view.hostIp }],
    ...(view.podIp === undefined ? {} : { podIP: view.podIp, podIPs: [{ ip: view.podIp }] }),
    startTime: view.startTime,
    ...(view.init.length > 0 ? { initContainerStatuses: view.init.map(containerStatus) } : {}),
    containerStatuses: view.main.map(containerStatus),
    ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}),
  };
};
