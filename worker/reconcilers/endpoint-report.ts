import { stableHash } from "#domain/shared/stable-hash.ts";
import type { PublishDecision } from "#domain/traffic/publish.ts";
import { conditionDiffers, type SubjectCondition } from "#server/db/reconcile/conditions.ts";
import { type PlanReport, type RevisionReport, reportEndpoint } from "#server/db/reconcile/endpoint-report.ts";
import type { EndpointState } from "#server/db/reconcile/endpoint-state.ts";
import type { AcksSeen } from "./endpoint-acks.ts";
import { endpointConditions } from "./endpoint-conditions.ts";
import type { Run } from "./ensure.ts";

/** What one reconcile found out; the one thing that is written about it. */
export type EndpointSeen = Readonly<{
  /** Plan in the cluster. */
  number: number;
  decision: PublishDecision | null;
  acks: AcksSeen | null;
  plan: PlanReport | null;
  /** The plan in the cluster, where a newer one was decided before anybody saw it served. */
  overtaken: PlanReport | null;
  purged: boolean;
  revisions: readonly RevisionReport[];
  conditions: readonly SubjectCondition[];
  conflicts: readonly string[];
  foreign: readonly string[];
  failure: string | null;
  /** Some revisions' objects were not taken; everything else is as seen. */
  refused: RevisionsRefused | null;
  /** Milliseconds after which to look again. */
  timers: readonly number[];
}>;

export class RevisionsRefused extends Error {
  override readonly name = "RevisionsRefused";

  constructor(whys: readonly string[], causes: readonly unknown[]) {
    super(whys.join(" "), { cause: causes[0] });
  }
}

/** Leaves everything as it was last reported. */
export const nothingSeen = (state: EndpointState): EndpointSeen => ({
  number: state.status?.publishedPlan ?? 0,
  decision: null,
  acks: null,
  plan: null,
  overtaken: null,
  purged: false,
  revisions: [],
  conditions: [],
  conflicts: [],
  foreign: [],
  failure: null,
  refused: null,
  timers: [],
});

/** Writes what differs from what was loaded; nothing when nothing does. */
export async function report(run: Run, state: EndpointState, seen: EndpointSeen): Promise<void> {
  const { status } = state;
  const acknowledged = seen.acks?.answer.acknowledged ?? status?.acknowledged ?? 0;
  const routers = seen.acks?.answer.routers ?? status?.routers ?? 0;
  const revisions = seen.revisions.filter((revision) => revisionChanged(state, revision));
  const conditions = [
    ...endpointConditions(state, {
      decision: seen.decision,
      foreign: seen.foreign,
      conflicts: seen.conflicts,
      silent:
        state.plans[0]?.number === seen.number && !isProven(state, seen) ? (seen.acks?.answer.silent ?? []) : null,
      failure: seen.failure,
      refused: seen.refused?.message ?? null,
    }),
    ...seen.conditions,
  ].filter((condition) => {
    const { subjectId, type } = condition;
    return conditionDiffers(
      state.conditions.find((before) => before.subjectId === subjectId && before.type === type),
      condition,
    );
  });
  const statusChanged =
    status === null ||
    status.observedGeneration !== state.generation ||
    status.publishedPlan !== seen.number ||
    status.acknowledged !== acknowledged ||
    status.routers !== routers;
  const news = seen.acks?.news ?? [];
  const plans = [seen.plan, seen.overtaken].filter((plan) => plan !== null);
  if (!statusChanged && !seen.purged && isEmpty(plans, revisions, conditions, news)) return;

  run.failpoint("before-report");
  const proves = seen.plan?.state === "applied";
  if (seen.purged) run.failpoint("before-purged");
  run.metrics.statusWrites.inc();
  await reportEndpoint(run.db, {
    endpointUid: state.uid,
    observedGeneration: state.generation,
    publishedPlan: seen.number,
    acknowledged,
    routers,
    purged: seen.purged,
    plans,
    revisions,
    conditions,
    acks: news,
    routerPodUids: proves ? (seen.acks?.routerPodUids ?? null) : null,
  });
  run.failpoint("after-report");
  if (proves) run.failpoint("after-applied");
  if (seen.purged) run.failpoint("after-purged");
}

const isProven = (state: EndpointState, seen: EndpointSeen) =>
  (seen.plan?.state ?? state.plans[0]?.state) !== "pending";

const isEmpty = (...lists: readonly (readonly unknown[])[]) => lists.every((list) => list.length === 0);

function revisionChanged(state: EndpointState, seen: RevisionReport): boolean {
  const before = state.revisions.find(({ id }) => id === seen.revisionId)?.status;
  if (before == null) return seen.desiredReplicas > 0 || seen.readyReplicas > 0;
  const same = (a: Date | null, b: Date | null) => a?.getTime() === b?.getTime();
  return (
    before.desiredReplicas !== seen.desiredReplicas ||
    before.readyReplicas !== seen.readyReplicas ||
    !same(before.progressSince, seen.progressSince) ||
    !same(before.deadlineMissedAt, seen.deadlineMissedAt) ||
    podsHash(before) !== podsHash(seen)
  );
}

/** Postgres keeps JSON in an order of its own. */
const podsHash = ({ pods, events, trouble }: Readonly<{ pods: unknown; events: unknown; trouble: unknown }>) =>
  stableHash({ pods, events, trouble });
