import type { KubeObject } from "../store/types.ts";

/** Rolling-update arithmetic: pure functions of a Deployment and its ReplicaSets. */

export const DESIRED_ANNOTATION = "deployment.kubernetes.io/desired-replicas";
export const MAX_ANNOTATION = "deployment.kubernetes.io/max-replicas";
export const REVISION_ANNOTATION = "deployment.kubernetes.io/revision";
export const HISTORY_ANNOTATION = "deployment.kubernetes.io/revision-history";

export type Scaling = { set: KubeObject; replicas: number };

export const replicasOf = (object: KubeObject): number => object.spec.replicas ?? 1;
const availableOf = (set: KubeObject): number => set.status?.availableReplicas ?? 0;
const sum = (sets: readonly KubeObject[], of: (set: KubeObject) => number): number =>
  sets.reduce((total, set) => total + of(set), 0);
export const revisionOf = (object: KubeObject): number =>
  Number(object.metadata.annotations?.[REVISION_ANNOTATION] ?? 0);
const oldestFirst = (a: KubeObject, b: KubeObject): number =>
  a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) || revisionOf(a) - revisionOf(b);

const scaled = (value: number | string | undefined, total: number, round: (n: number) => number): number => {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value ?? "")?.[1];
  return percent === undefined ? Number(value ?? 0) : round((Number(percent) * total) / 100);
};

/** Pods above and below the desired number that a rolling update may use; never both zero. */
export const allowance = (deployment: KubeObject): { surge: number; unavailable: number } => {
  if (deployment.spec.strategy?.type === "Recreate") return { surge: 0, unavailable: 0 };
  const rolling = deployment.spec.strategy?.rollingUpdate ?? {};
  const desired = replicasOf(deployment);
  const surge = scaled(rolling.maxSurge ?? "25%", desired, Math.ceil);
  const unavailable = Math.min(scaled(rolling.maxUnavailable ?? "25%", desired, Math.floor), desired);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
};

/** Replicas the newest ReplicaSet may have now. */
export const newReplicas = (deployment: KubeObject, current: number, others: readonly KubeObject[]): number => {
  const desired = replicasOf(deployment);
  if (deployment.spec.strategy?.type === "Recreate" || current >= desired) return desired;
  const room = desired + allowance(deployment).surge - sum(others, replicasOf) - current;
  return room <= 0 ? current : current + Math.min(room, desired - current);
};

/** What to take from old ReplicaSets now: first pods that serve nothing, then as many as availability allows. */
export const oldScalings = (deployment: KubeObject, newest: KubeObject, old: readonly KubeObject[]): Scaling[] => {
  const all = [newest, ...old];
  const minAvailable = replicasOf(deployment) - allowance(deployment).unavailable;
  const newUnavailable = replicasOf(newest) - availableOf(newest);
  let cleanup = sum(all, replicasOf) - minAvailable - newUnavailable;
  if (cleanup <= 0) return [];
  const target = new Map<KubeObject, number>();
  for (const set of [...old].sort(oldestFirst)) {
    const unhealthy = Math.min(Math.max(replicasOf(set) - availableOf(set), 0), Math.max(cleanup, 0));
    cleanup -= unhealthy;
    target.set(set, replicasOf(set) - unhealthy);
  }
  let surplus = sum(all, availableOf) - minAvailable;
  for (const set of [...old].sort(oldestFirst)) {
    const now = target.get(set) ?? 0;
    const less = Math.min(now, Math.max(surplus, 0), Math.max(cleanup, 0));
    surplus -= less;
    cleanup -= less;
    target.set(set, now - less);
  }
  return [...target]
    .filter(([set, replicas]) => replicas !== replicasOf(set))
    .map(([set, replicas]) => ({ set, replicas }));
};

/** True when `spec.replicas` of the Deployment changed since its active ReplicaSets were last sized. */
export const isScalingEvent = (deployment: KubeObject, sets: readonly KubeObject[]): boolean =>
  deployment.spec.strategy?.type !== "Recreate" &&
  sets.some((set) => {
    const noted = set.metadata.annotations?.[DESIRED_ANNOTATION];
    return replicasOf(set) > 0 && noted !== undefined && Number(noted) !== replicasOf(deployment);
  });

/** Spreads a changed size over ReplicaSets in the middle of a rollout, in proportion to what each has. */
const proportional = (deployment: KubeObject, active: readonly KubeObject[]): Scaling[] => {
  const desired = replicasOf(deployment);
  const total = sum(active, replicasOf);
  const allowed = desired > 0 ? desired + allowance(deployment).surge : 0;
  const change = allowed - total;
  const largestFirst = [...active].sort((a, b) => replicasOf(b) - replicasOf(a) || oldestFirst(b, a));
  let left = change;
  const sized = largestFirst.map((set) => {
    const share = Math.trunc((replicasOf(set) * change) / Math.max(total, 1));
    left -= share;
    return { set, replicas: replicasOf(set) + share };
  });
  const first = sized[0];
  if (first !== undefined) first.replicas += left;
  return sized.map(({ set, replicas }) => ({ set, replicas: Math.max(0, replicas) }));
};

/** Sizes after a change of `spec.replicas`, or while paused, when no new ReplicaSet may be made. */
export const scalings = (
  deployment: KubeObject,
  newest: KubeObject | undefined,
  old: readonly KubeObject[],
): Scaling[] => {
  const all = newest === undefined ? [...old] : [newest, ...old];
  const active = all.filter((set) => replicasOf(set) > 0);
  const only =
    active.length === 1 ? active[0] : active.length === 0 ? (newest ?? all.sort(oldestFirst).at(-1)) : undefined;
  if (only !== undefined) return [{ set: only, replicas: replicasOf(deployment) }];
  const saturated =
    newest !== undefined &&
    replicasOf(newest) === replicasOf(deployment) &&
    availableOf(newest) === replicasOf(deployment);
  if (saturated) return active.map((set) => ({ set, replicas: set === newest ? replicasOf(deployment) : 0 }));
  return proportional(deployment, active);
};
