import { timestamp } from "../controllers/objects.ts";
import type { KubeObject } from "../store/types.ts";
import type { FullContainerSpec } from "./container-probes.ts";
import { type ContainerView, type Terminated, terminatedOf } from "./pod-status.ts";
import { type Running, recall } from "./processes.ts";

type Status = {
  name: string;
  containerID?: string;
  ready: boolean;
  started: boolean;
  lastState?: { terminated?: Terminated };
};

/**
 * What a kubelet before us left of a container: a running program, which keeps the readiness its status tells, or the
 * news of its end.
 */
export const recalled = (
  spec: FullContainerSpec,
  init: boolean,
  pod: KubeObject,
  folder: string,
): { view: Partial<ContainerView>; run?: Running } => {
  const past = recall(folder);
  if (past.kind === "none") return { view: {} };
  const statuses: Status[] = (init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? [];
  const status = statuses.find(({ name }) => name === spec.name);
  if (past.kind === "ended") {
    const terminated = terminatedOf(past.exit, past.startedAtMs, status?.containerID ?? "");
    const ready = init && past.exit.exitCode === 0;
    return { view: { state: { kind: "terminated", terminated }, ready, containerId: terminated.containerID } };
  }
  const containerId = `process://${past.run.identity.pid}`;
  const same = status?.containerID === containerId;
  const last = status?.lastState?.terminated;
  const ungated = !init && spec.startupProbe === undefined;
  return {
    view: {
      state: { kind: "running", startedAt: timestamp(past.run.startedAtMs) },
      ...(last === undefined ? {} : { last }),
      containerId,
      started: ungated || (same && status.started),
      ready: (ungated && spec.readinessProbe === undefined) || (same && status.ready),
    },
    run: past.run,
  };
};
