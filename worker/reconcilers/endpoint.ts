import { PROBE_PATIENCE_SECONDS } from "#domain/revision/readiness-reason.ts";
import { nextPlanState } from "#domain/traffic/plan-state.ts";
import { PROGRESS_DEADLINE_SECONDS } from "#domain/traffic/progress.ts";
import { type EndpointState, loadEndpoint } from "#server/db/reconcile/endpoint-state.ts";
import { isClusterError } from "#server/ports/cluster.ts";
import type { Outcome } from "#worker/runtime/queue.ts";
import type { Scope } from "#worker/runtime/scope.ts";
import { type AcksSeen, seeAcks } from "./endpoint-acks.ts";
import { deadlineMessage, SILENT_AFTER_MS } from "./endpoint-conditions.ts";
import { ensurePlanObject, type PlanObject, type Published, publishPlan } from "./endpoint-plan.ts";
import { purgeEndpoint } from "./endpoint-purge.ts";
import { type EndpointSeen, nothingSeen, RevisionsRefused, report } from "./endpoint-report.ts";
import {
  ensureRevision,
  NOTHING_MADE,
  type RevisionSeen,
  readinessOf,
  scaleDownCheck,
  seeRevisions,
} from "./endpoint-revisions.ts";
import type { Run } from "./ensure.ts";

const DONE: Outcome = { againInMs: null };

/**
 * Makes the cluster what the database says of one endpoint. Routers come first: a plan that may go out is written
 * before anything else is looked at. What cannot be done now is reported, and tried again on events and timers.
 * Throws ClusterError `away` and `conflict`, which concern no endpoint in particular; any other failure is reported as
 * the endpoint's own before it is thrown.
 */
export async function reconcileEndpoint(run: Run, uid: string): Promise<Outcome> {
  const state = await loadEndpoint(run.db, uid);
  if (state === null || state.status?.purgedAt != null) return DONE;
  const scope = run.scopes.of(state.environment.id);
  // An environment opens it when it may be acted in, and its first list wakes every endpoint.
  if (scope === null || !scope.fresh().synced) return DONE;
  try {
    const seen = await act(run, scope, state);
    await report(run, state, seen);
    if (seen.refused !== null) throw seen.refused;
    return { againInMs: soonest(seen.timers) };
  } catch (error) {
    if (isClusterError(error, "away", "conflict") || error instanceof RevisionsRefused) throw error;
    await report(run, state, { ...nothingSeen(state), failure: wordsOf(error) });
    throw error;
  }
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const soonest = (timers: readonly number[]): number | null =>
  timers.length === 0 ? null : Math.max(10, Math.min(...timers));

async function act(run: Run, scope: Scope, state: EndpointState): Promise<EndpointSeen> {
  const found = await ensurePlanObject(run, scope, state);
  if (found.kind === "foreign") return { ...nothingSeen(state), foreign: [found.why], timers: [RETRY_FOREIGN_MS] };
  if (found.kind === "none") return purge(run, scope, state, found, nothingSeen(state));
  const revisions = seeRevisions(run, state, scope, found.number ?? 0);
  const published = await publishPlan(run, scope, state, found, readinessOf(revisions));
  const { plan, decision } = published;
  if (plan.kind !== "ours") return { ...nothingSeen(state), foreign: plan.kind === "foreign" ? [plan.why] : [] };
  const number = plan.number ?? 0;
  if (decision?.kind === "stop") return { ...nothingSeen(state), decision, number };

  const acks = await proofOf(run, scope, state, number);
  const seen = withTimers(state, revisions, published, {
    ...nothingSeen(state),
    number,
    decision,
    acks,
    plan: planOutcome(state, published, acks),
    overtaken: overtakenPlan(state, number, acks),
    conflicts: plan.conflict === null ? [] : [plan.conflict],
    revisions: revisions.map((revision) => revision.report),
  });
  if (state.plans[0]?.kind === "delete")
    return seen.plan?.state === "applied" || state.plans[0].state === "applied"
      ? purge(run, scope, state, plan, seen)
      : seen;
  return ensureRevisions(run, scope, state, plan, revisions, seen);
}

/** Its owner may go at any time, and tells us nothing. */
const RETRY_FOREIGN_MS = 5_000;

async function proofOf(run: Run, scope: Scope, state: EndpointState, number: number): Promise<AcksSeen> {
  const [newest] = state.plans;
  const lacksProof = newest?.number === number && newest.state === "pending";
  const isKnown = state.status?.publishedPlan === number;
  const at = (isKnown ? state.status?.publishedAt : null) ?? state.now;
  const acks = await seeAcks(run, scope, state, { number, at, lacksProof });
  if (lacksProof && !acks.answer.applied) scope.unproven.add(state.uid);
  else scope.unproven.delete(state.uid);
  return acks;
}

function planOutcome(state: EndpointState, { decision }: Published, acks: AcksSeen): EndpointSeen["plan"] {
  const [newest] = state.plans;
  if (newest === undefined || decision === null) return null;
  const served = acks.served && decision.kind !== "wait" && decision.kind !== "fail" && decision.kind !== "failed";
  if (decision.kind === "fail") {
    const failure = deadlineMessage(decision.revisions);
    return { planId: newest.id, state: nextPlanState(newest.state, "missed"), failure, served: false };
  }
  const next = served && acks.answer.applied ? nextPlanState(newest.state, "proven") : newest.state;
  if (next === newest.state && (!served || newest.firstServedAt !== null)) return null;
  return { planId: newest.id, state: next, failure: null, served };
}

/** What went out before the newest plan was decided is served until that one goes out, which may take long. */
function overtakenPlan(state: EndpointState, number: number, acks: AcksSeen): EndpointSeen["overtaken"] {
  const [newest, ...older] = state.plans;
  const plan = older.find((candidate) => candidate.number === number);
  if (newest === undefined || plan === undefined || !acks.served || plan.firstServedAt !== null) return null;
  return { planId: plan.id, state: plan.state, failure: null, served: true };
}

/** A revision that the cluster will not take keeps neither the others from their pods nor a plan from its proof. */
async function ensureRevisions(
  run: Run,
  scope: Scope,
  state: EndpointState,
  plan: Extract<PlanObject, { kind: "ours" }>,
  revisions: readonly RevisionSeen[],
  seen: EndpointSeen,
): Promise<EndpointSeen> {
  const mayScaleDown = scaleDownCheck(run, scope, state, plan.object);
  let all = seen;
  const refused: unknown[] = [];
  for (const revision of revisions) {
    const one = await ensureRevision(run, scope, state, plan.object, revision, mayScaleDown).catch((error: unknown) => {
      if (isClusterError(error, "away", "conflict")) throw error;
      refused.push(error);
      return NOTHING_MADE;
    });
    const subject = { subjectKind: "revision", subjectId: revision.row.id } as const;
    all = {
      ...all,
      conditions: [...all.conditions, ...one.conditions.map((condition) => ({ ...condition, ...subject }))],
      conflicts: [...all.conflicts, ...one.conflicts],
      foreign: [...all.foreign, ...one.foreign],
      timers: [
        ...all.timers,
        ...(one.putOff ? [PUT_OFF_MS] : []),
        ...(one.foreign.length > 0 ? [RETRY_FOREIGN_MS] : []),
      ],
    };
  }
  return refused.length === 0 ? all : { ...all, refused: new RevisionsRefused(refused.map(wordsOf), refused) };
}

const PUT_OFF_MS = 1_000;

async function purge(
  run: Run,
  scope: Scope,
  state: EndpointState,
  plan: PlanObject,
  seen: EndpointSeen,
): Promise<EndpointSeen> {
  const isGone = await purgeEndpoint(run, scope, state, plan);
  if (!isGone) return { ...seen, timers: [...seen.timers, PUT_OFF_MS] };
  const [newest] = state.plans;
  // Without a ConfigMap nothing of it can be served: that is the proof, if routers could not give it before.
  const isProven = newest?.state === "pending" && plan.kind === "none";
  return {
    ...seen,
    purged: true,
    plan: isProven ? { planId: newest.id, state: "applied", failure: null, served: true } : seen.plan,
  };
}

/** When time alone will change what is to be done. */
function withTimers(
  state: EndpointState,
  revisions: readonly RevisionSeen[],
  { decision }: Published,
  seen: EndpointSeen,
): EndpointSeen {
  const now = state.now.getTime();
  const timers = revisions.flatMap(({ wish }) => (wish.until === null ? [] : [wish.until.getTime() - now]));
  if (seen.acks !== null && !seen.acks.answer.applied && state.plans[0]?.state === "pending")
    for (const { since } of seen.acks.answer.silent) {
      const dueInMs = since.getTime() + SILENT_AFTER_MS - now;
      if (dueInMs > 0) timers.push(dueInMs + 5);
    }
  // A pod that runs and does not get ready tells nobody.
  if (revisions.some(({ wish, ready, report: seen }) => ready < wish.replicas && seen.trouble === null))
    timers.push(PROBE_PATIENCE_SECONDS * 1000);
  if (decision?.kind === "wait")
    for (const { report: progress } of revisions.filter(({ row }) => decision.revisions.includes(row.number))) {
      const began = Math.max(progress.progressSince?.getTime() ?? 0, state.plans[0]?.decidedAt.getTime() ?? 0);
      timers.push(began + PROGRESS_DEADLINE_SECONDS * 1000 - now + 5);
    }
  return { ...seen, timers: [...seen.timers, ...timers] };
}
