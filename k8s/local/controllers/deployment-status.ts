import type { KubeObject } from "../store/types.ts";
import { timestamp } from "./objects.ts";
import { allowance, replicasOf } from "./rollout.ts";

export type Condition = {
  type: string;
  status: "True" | "False" | "Unknown";
  lastUpdateTime: string;
  lastTransitionTime: string;
  reason: string;
  message: string;
};
type Verdict = Pick<Condition, "type" | "status" | "reason" | "message">;
export type DeploymentStatus = { conditions: Condition[]; [counter: string]: unknown };

export const conditionOf = (deployment: KubeObject, type: string): Condition | undefined =>
  deployment.status?.conditions?.find((condition: Condition) => condition.type === type);

/** Replaces a condition; the transition time moves only with the status, the position only with either of both. */
export const withCondition = (conditions: readonly Condition[], verdict: Verdict, now: number): Condition[] => {
  const current = conditions.find(({ type }) => type === verdict.type);
  if (current?.status === verdict.status && current.reason === verdict.reason) return [...conditions];
  const lastTransitionTime = current?.status === verdict.status ? current.lastTransitionTime : timestamp(now);
  const next: Condition = {
    type: verdict.type,
    status: verdict.status,
    lastUpdateTime: timestamp(now),
    lastTransitionTime,
    reason: verdict.reason,
    message: verdict.message,
  };
  return [...conditions.filter(({ type }) => type !== verdict.type), next];
};

const counters = (deployment: KubeObject, newest: KubeObject | undefined, all: readonly KubeObject[]) => {
  const total = (field: string, sets: readonly KubeObject[]) =>
    sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0);
  const available = total("availableReplicas", all);
  const wanted = all.reduce((sum, set) => sum + replicasOf(set), 0);
  return {
    replicas: total("replicas", all),
    updatedReplicas: newest === undefined ? 0 : total("replicas", [newest]),
    readyReplicas: total("readyReplicas", all),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
    terminatingReplicas: total("terminatingReplicas", all),
    desired: replicasOf(deployment),
  };
};
type Counters = ReturnType<typeof counters>;

const availability = (deployment: KubeObject, { availableReplicas, desired }: Counters): Verdict =>
  availableReplicas >= desired - allowance(deployment).unavailable
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };

const isComplete = (now: Counters): boolean =>
  now.updatedReplicas === now.desired && now.replicas === now.desired && now.availableReplicas === now.desired;

const hasProgressed = (deployment: KubeObject, now: Counters): boolean => {
  const before = deployment.status ?? {};
  const oldPods = (before.replicas ?? 0) - (before.updatedReplicas ?? 0);
  return (
    now.updatedReplicas > (before.updatedReplicas ?? 0) ||
    now.replicas - now.updatedReplicas < oldPods ||
    now.readyReplicas > (before.readyReplicas ?? 0) ||
    now.availableReplicas > (before.availableReplicas ?? 0)
  );
};

/** Milliseconds until the progress deadline passes; undefined when none runs. */
export const deadlineInMs = (deployment: KubeObject, now: number): number | undefined => {
  const seconds: number | undefined = deployment.spec.progressDeadlineSeconds;
  const progressing = conditionOf(deployment, "Progressing");
  const settled = progressing === undefined || progressing.reason === "NewReplicaSetAvailable";
  if (seconds === undefined || settled || deployment.spec.paused === true) return undefined;
  return Date.parse(progressing.lastUpdateTime) + seconds * 1000 - now;
};

const progress = (
  deployment: KubeObject,
  set: string,
  counts: Counters,
  conditions: readonly Condition[],
  now: number,
): Condition[] => {
  const current = conditions.find(({ type }) => type === "Progressing");
  const verdict = (status: Verdict["status"], reason: string, message: string) => ({
    type: "Progressing",
    status,
    reason,
    message,
  });
  if (counts.replicas === counts.updatedReplicas && current?.reason === "NewReplicaSetAvailable")
    return [...conditions];
  if (isComplete(counts))
    return withCondition(
      conditions,
      verdict("True", "NewReplicaSetAvailable", `ReplicaSet "${set}" has successfully progressed.`),
      now,
    );
  if (hasProgressed(deployment, counts)) {
    const next = verdict("True", "ReplicaSetUpdated", `ReplicaSet "${set}" is progressing.`);
    const changed = withCondition(conditions, next, now);
    // Progress restarts the deadline even when the condition reads the same.
    return changed.map((condition) =>
      condition.type === "Progressing" ? { ...condition, lastUpdateTime: timestamp(now) } : condition,
    );
  }
  const left = deadlineInMs(deployment, now);
  if (left === undefined || left > 0 || current?.reason === "ProgressDeadlineExceeded") return [...conditions];
  return withCondition(
    conditions,
    verdict("False", "ProgressDeadlineExceeded", `ReplicaSet "${set}" has timed out progressing.`),
    now,
  );
};

/** Status of a Deployment from its ReplicaSets: zero counters are left out, but for `terminatingReplicas`. */
export const deploymentStatus = (
  deployment: KubeObject,
  newest: KubeObject | undefined,
  all: readonly KubeObject[],
  now: number,
): DeploymentStatus => {
  const counts = counters(deployment, newest, all);
  const { desired: _, terminatingReplicas, ...optional } = counts;
  const before: Condition[] = deployment.status?.conditions ?? [];
  const conditions = withCondition(before, availability(deployment, counts), now);
  const followsProgress = deployment.spec.progressDeadlineSeconds !== undefined && deployment.spec.paused !== true;
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value > 0)),
    terminatingReplicas,
    conditions: followsProgress
      ? progress(deployment, newest?.metadata.name ?? deployment.metadata.name, counts, conditions, now)
      : conditions,
    ...(deployment.status?.collisionCount ? { collisionCount: deployment.status.collisionCount } : {}),
  };
};
