export type RouterPod = Readonly<{
  uid: string;
  name: string;
  node: string;
  phase: string;
  createdAt: Date;
}>;

export type AckQuestion = Readonly<{
  /** Plan whose proof is asked for, and when the cluster took it. */
  planNumber: number;
  publishedAt: Date;
  /** Every router pod of the environment, in whatever state. */
  routerPods: readonly RouterPod[];
  /** Newest plan number of this endpoint each pod has acknowledged, by pod uid. */
  acks: ReadonlyMap<string, number>;
  /** Whether `routerPods` is a quorum read begun after the last of `acks` was received. */
  podsListedAfterLastAck: boolean;
}>;

export type SilentRouter = Readonly<{ pod: string; node: string; since: Date }>;

export type AckAnswer = Readonly<{
  applied: boolean;
  acknowledged: number;
  routers: number;
  silent: readonly SilentRouter[];
}>;

/**
 * Whether no router can answer by an older plan any more. Counted is every router pod that is not Succeeded or Failed,
 * ready or not, terminating or not: each may still hold connections. Pods are matched by uid, as a name may come again.
 */
export function decideApplied(question: AckQuestion): AckAnswer {
  const counted = question.routerPods.filter((pod) => pod.phase !== "Succeeded" && pod.phase !== "Failed");
  const silent = counted
    .filter((pod) => (question.acks.get(pod.uid) ?? -1) < question.planNumber)
    .map((pod) => ({ pod: pod.name, node: pod.node, since: later(question.publishedAt, pod.createdAt) }));
  return {
    applied: counted.length > 0 && silent.length === 0 && question.podsListedAfterLastAck,
    acknowledged: counted.length - silent.length,
    routers: counted.length,
    silent,
  };
}

const later = (a: Date, b: Date) => (a > b ? a : b);
