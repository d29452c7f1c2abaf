import type { SilentRouter } from "#domain/traffic/acknowledge.ts";
import type { PublishDecision } from "#domain/traffic/publish.ts";
import type { ConditionReport, SubjectCondition } from "#server/db/reconcile/conditions.ts";
import type { EndpointState } from "#server/db/reconcile/endpoint-state.ts";

/** A router swaps a plan in milliseconds; one that has not after this long is worth a person's look. */
export const SILENT_AFTER_MS = 3_000;

export type EndpointFindings = Readonly<{
  decision: PublishDecision | null;
  foreign: readonly string[];
  conflicts: readonly string[];
  /** Null: nothing is published, or it is proven. */
  silent: readonly SilentRouter[] | null;
  /** Nothing but this is known. */
  failure: string | null;
  /** What the cluster would not take of single revisions; the rest is known. */
  refused: string | null;
}>;

/** Conditions of the endpoint itself. Complaints appear when there is one, and are withdrawn once there was. */
export function endpointConditions(state: EndpointState, findings: EndpointFindings): SubjectCondition[] {
  const base = { subjectKind: "endpoint", subjectId: state.uid, observedGeneration: state.generation } as const;
  const known = (type: string) => state.conditions.find((c) => c.subjectId === state.uid && c.type === type);
  const complaint = (type: string, reason: string, message: string | null, settled: string): SubjectCondition[] => {
    if (message !== null) return [{ ...base, type, status: "True", reason, message }];
    return known(type) === undefined ? [] : [{ ...base, type, status: "False", reason: settled, message: "" }];
  };
  const degraded = complaint("Degraded", "ReconcileFailed", findings.failure ?? findings.refused, "Reconciled");
  // What failed says nothing about the rest.
  if (findings.failure !== null) return degraded;
  const conflictsSince = known("FieldConflict");
  // Said once, and withdrawn with the next decision about this endpoint.
  const keepsConflict =
    findings.conflicts.length === 0 &&
    conflictsSince?.status === "True" &&
    conflictsSince.observedGeneration === state.generation;
  return [
    ...publishedCondition(findings.decision).map((condition) => ({ ...base, ...condition })),
    ...complaint("Blocked", "NotOurs", join(findings.foreign), "Free"),
    ...complaint("DatabaseBehindCluster", "HigherPlanInCluster", behind(state, findings.decision), "CaughtUp"),
    ...degraded,
    ...(keepsConflict ? [] : complaint("FieldConflict", "TakenBack", join(findings.conflicts), "Unchallenged")),
    ...silentCondition(state, findings.silent, complaint),
  ];
}

const join = (messages: readonly string[]): string | null => (messages.length === 0 ? null : messages.join(" "));

function publishedCondition(
  decision: PublishDecision | null,
): Pick<ConditionReport, "type" | "status" | "reason" | "message">[] {
  const says = (status: "True" | "False", reason: string, message: string) => [
    { type: "Published", status, reason, message },
  ];
  const list = (revisions: readonly number[]) => revisions.map((revision) => `r${revision}`).join(", ");
  switch (decision?.kind) {
    case undefined:
      return [];
    case "published":
    case "publish":
      return says("True", "Published", "The newest plan is with the routers.");
    case "wait":
      return decision.reason === "NoReadyPods"
        ? says("False", decision.reason, `Waiting for a ready pod of ${list(decision.revisions)}.`)
        : says("False", decision.reason, `Waiting for all replicas of ${list(decision.revisions)}.`);
    case "fail":
      return says("False", "ProgressDeadlineExceeded", deadlineMessage(decision.revisions));
    case "failed":
      return says("False", "ProgressDeadlineExceeded", "The newest plan failed; routers keep the one before.");
    case "stop":
      return says("False", decision.reason, "Nothing is written until a person chooses.");
  }
}

export const deadlineMessage = (revisions: readonly number[]): string =>
  `${revisions.map((revision) => `r${revision}`).join(", ")} had no pods ready in time; routers keep what they had.`;

function behind(state: EndpointState, decision: PublishDecision | null): string | null {
  if (decision?.kind !== "stop") return null;
  const newest = state.plans[0]?.number ?? 0;
  const known = decision.clusterPlan === newest ? "another one of that number" : newest;
  return (
    `The cluster holds plan ${decision.clusterPlan}, the database knows ${known}: ` +
    "it seems to be an older copy. Routers serve the cluster's plan, and nothing is written until a person chooses."
  );
}

function silentCondition(
  state: EndpointState,
  silent: readonly SilentRouter[] | null,
  complaint: (type: string, reason: string, message: string | null, settled: string) => SubjectCondition[],
): SubjectCondition[] {
  const overdue = (silent ?? []).filter(({ since }) => state.now.getTime() - since.getTime() >= SILENT_AFTER_MS);
  // Not yet overdue: what was said of the plan before holds until there is something to say of this one.
  if (silent !== null && silent.length > 0 && overdue.length === 0) return [];
  const message = overdue.map(({ pod, node, since }) => `${pod} on ${node} since ${since.toISOString()}`).join(", ");
  return complaint("RouterSilent", "NotAcknowledged", message === "" ? null : message, "AllAcknowledged");
}
