import { type PlanRecord, servingRevisions } from "#domain/traffic/plan-record.ts";
import { chooseRollbackTarget, type PlanHistory } from "#domain/traffic/rollback-target.ts";

export type ReplicasQuestion = Readonly<{
  history: PlanHistory<PlanRecord>;
  /** Full replicas of every revision of the endpoint, by number. */
  fullReplicas: ReadonlyMap<number, number>;
  /** Number in the endpoint's ConfigMap; 0 when there is none. */
  publishedPlan: number;
  warmFullMinutes: number;
  warmReplicas: number;
  now: Date;
}>;

export type DesiredReplicas = Readonly<{
  replicas: number;
  /** plan: some router serves or will serve it. warmFull, warm: kept for a rollback. idle: neither. */
  because: "plan" | "warmFull" | "warm" | "idle";
  /** When time alone will change the answer; null: never. */
  until: Date | null;
}>;

/**
 * Replicas every revision should have now. Full: what the newest plan and the published one name, and every plan a
 * router may still serve, which are those from the last applied one on. Beyond that only what a rollback would go back
 * to, and after a rollback what was left (so that an undo finds it warm): full for `warmFullMinutes` after it last
 * served. Then the rollback set has `warmReplicas`, all else none.
 */
export function desiredReplicas(question: ReplicasQuestion): Map<number, DesiredReplicas> {
  const plans = [...question.history.plans].sort((a, b) => a.number - b.number);
  const needed = neededRevisions(plans, question.publishedPlan);
  const { rollbackSet, undoSet } = warmSets(question.history, plans);
  const answer = new Map<number, DesiredReplicas>();
  for (const [revision, full] of question.fullReplicas) {
    const warmAfter = rollbackSet.has(revision) ? Math.min(question.warmReplicas, full) : 0;
    const isWarm = rollbackSet.has(revision) || undoSet.has(revision);
    const fullUntil = isWarm ? lastServed(plans, revision) + question.warmFullMinutes * 60_000 : 0;
    if (needed.has(revision)) answer.set(revision, { replicas: full, because: "plan", until: null });
    else if (fullUntil > question.now.getTime())
      answer.set(revision, { replicas: full, because: "warmFull", until: new Date(fullUntil) });
    else answer.set(revision, { replicas: warmAfter, because: warmAfter > 0 ? "warm" : "idle", until: null });
  }
  return answer;
}

function neededRevisions(plans: readonly PlanRecord[], publishedPlan: number): Set<number> {
  const newest = plans.at(-1);
  // The newest applied plan that is published: routers that are silent about what came after it still serve it.
  const proven = plans.findLast((plan) => plan.state === "applied" && plan.number <= publishedPlan)?.number ?? 0;
  const named = plans.filter(
    (plan) => plan === newest || plan.number === publishedPlan || (plan.number >= proven && plan.state !== "failed"),
  );
  return new Set(named.flatMap((plan) => plan.entries.map((entry) => entry.revision)));
}

function warmSets(history: PlanHistory, plans: readonly PlanRecord[]) {
  const numbered = (number: number | null) => plans.find((plan) => plan.number === number);
  const target = chooseRollbackTarget(history);
  const rollbackTo = target.kind === "target" ? numbered(target.plan) : undefined;
  const undoTo = numbered(plans.findLast((plan) => plan.state !== "failed")?.rolledBackFrom ?? null);
  const isDeleting = plans.at(-1)?.kind === "delete";
  return {
    rollbackSet: new Set(rollbackTo === undefined ? [] : servingRevisions(rollbackTo)),
    undoSet: new Set(undoTo === undefined || isDeleting ? [] : servingRevisions(undoTo)),
  };
}

/** Unix milliseconds; a plan without an end is the one that serves. */
const lastServed = (plans: readonly PlanRecord[], revision: number): number =>
  Math.max(
    0,
    ...plans
      .filter((plan) => plan.state === "applied" && servingRevisions(plan).includes(revision))
      .map((plan) => plan.supersededAt?.getTime() ?? 0),
  );
