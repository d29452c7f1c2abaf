export type RevisionPods = Readonly<{
  /** Pods that may take requests now. */
  ready: number;
  /** Replicas it has once a plan gives it a share. */
  full: number;
}>;

export type RollbackCapacity = Readonly<{
  /** Sums over the revisions that the target gives a share. */
  ready: number;
  full: number;
  /** Ready pods of the revisions that have a share now. */
  servingNow: number;
  /** Whether "now" and "when capacity is there" differ: it could begin now, and has not all its pods. */
  asks: boolean;
}>;

/**
 * What a rollback would begin with. A target that has all its pods begins at once either way, however many others
 * answer beside it now: waiting would bring no more.
 */
export function rollbackCapacity(target: readonly RevisionPods[], now: readonly RevisionPods[]): RollbackCapacity {
  const sum = (of: (pods: RevisionPods) => number, list: readonly RevisionPods[]) =>
    list.reduce((total, pods) => total + of(pods), 0);
  return {
    ready: sum(({ ready }) => ready, target),
    full: sum(({ full }) => full, target),
    servingNow: sum(({ ready }) => ready, now),
    asks: target.every(({ ready }) => ready > 0) && target.some(({ ready, full }) => ready < full),
  };
}
