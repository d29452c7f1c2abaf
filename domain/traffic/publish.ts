import { type PlanRecord, servingRevisions } from "#domain/traffic/plan-record.ts";
import { PROGRESS_DEADLINE_SECONDS } from "#domain/traffic/progress.ts";

export type RevisionReadiness = Readonly<{
  revision: number;
  /** Pods that may take requests now. */
  ready: number;
  /** Replicas it should have. */
  desired: number;
  /** When the current attempt to get there began; null: it is there. */
  progressSince: Date | null;
}>;

export type PublishQuestion = Readonly<{
  /** Newest plan of the database. */
  plan: PlanRecord;
  publishWhen: "now" | "capacity";
  /** Number in the endpoint's ConfigMap; null when there is none. */
  clusterPlan: number | null;
  /** When the plan in the ConfigMap was decided, as ISO text; null when there is none. */
  clusterDecidedAt: string | null;
  /** Of the revisions in `plan`; a missing one has no pods. */
  readiness: readonly RevisionReadiness[];
  now: Date;
}>;

export type PublishDecision =
  | { kind: "published" }
  | { kind: "publish" }
  | { kind: "wait"; reason: "NoReadyPods" | "NoCapacity"; revisions: number[] }
  | { kind: "fail"; revisions: number[] }
  /** The plan failed before; routers keep what they have. */
  | { kind: "failed" }
  | { kind: "stop"; reason: "DatabaseBehindCluster"; clusterPlan: number };

/**
 * Whether the newest plan goes to the routers now. A share is given only to revisions with ready pods; with
 * `capacity` only when they have all their replicas. Entries at 0 % and shadows never hold a plan up.
 * The deadline counts from the decision or the begin of the attempt, whichever is later.
 */
export function decidePublish(question: PublishQuestion): PublishDecision {
  const { plan, clusterPlan, now } = question;
  if (clusterPlan !== null && clusterPlan > plan.number)
    return { kind: "stop", reason: "DatabaseBehindCluster", clusterPlan };
  // A restored database hands out numbers a second time: routers have this number, and not this plan.
  if (clusterPlan === plan.number && question.clusterDecidedAt !== plan.decidedAt.toISOString())
    return { kind: "stop", reason: "DatabaseBehindCluster", clusterPlan };
  if (clusterPlan === plan.number) return { kind: "published" };
  if (plan.state === "failed") return { kind: "failed" };
  const readiness = new Map(question.readiness.map((r) => [r.revision, r]));
  const lacking = (enough: (r: RevisionReadiness) => boolean) =>
    servingRevisions(plan).filter((revision) => {
      const state = readiness.get(revision);
      return state === undefined || !enough(state);
    });
  const cold = lacking((r) => r.ready >= 1);
  const short = question.publishWhen === "capacity" ? lacking((r) => r.ready >= Math.max(1, r.desired)) : cold;
  if (short.length === 0) return { kind: "publish" };
  const late = short.filter((revision) => {
    const began = Math.max(plan.decidedAt.getTime(), readiness.get(revision)?.progressSince?.getTime() ?? 0);
    return now.getTime() - began >= PROGRESS_DEADLINE_SECONDS * 1000;
  });
  if (late.length > 0) return { kind: "fail", revisions: late };
  return { kind: "wait", reason: cold.length > 0 ? "NoReadyPods" : "NoCapacity", revisions: short };
}
