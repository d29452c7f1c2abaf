import { fleetQueries } from "#domain/endpoint/fleet-queries.ts";
import { decideHealth, type HealthVerdict, type ServingRevision, type Unseen } from "#domain/endpoint/health.ts";
import { decideIncident, type HealthRecord, lasted, recordHealth } from "#domain/endpoint/health-record.ts";
import { DomainError } from "#domain/shared/errors.ts";
import {
  endIncident,
  type HealthRow,
  type HealthState,
  hintNews,
  loadHealth,
  markPlan,
  openIncident,
  saveHealth,
  worsenIncident,
} from "#server/db/reconcile/health-state.ts";
import { tellWebhook } from "#server/db/reconcile/webhook-deliveries.ts";
import type { MetricsSource } from "#server/ports/metrics.ts";
import type { WorkerContext } from "#worker/runtime/context.ts";

/** Rates are measured over this long; a scrape every 15 s gives four values. */
const WINDOW_SECONDS = 60;
/** The copies of a healthy cluster prove themselves every ten seconds. */
const STALE_MS = 30_000;

export type HealthJob = Readonly<{
  ctx: Pick<WorkerContext, "db" | "scopes" | "log">;
  metrics: MetricsSource;
  /** Whether somebody is told of incidents. */
  webhook: boolean;
  /** How long a miss lasts before it is an incident, and its end before it is over. */
  incidentAfterMs: number;
}>;

/** Judges every endpoint once. Nothing is written where nothing changed; one that fails keeps none from its incident. */
export async function judgeHealth(job: HealthJob): Promise<void> {
  const cannot = (endpoint: string, error: unknown) =>
    job.ctx.log.error({ endpoint, err: error }, "could not judge health");
  const states = await loadHealth(job.ctx.db, cannot);
  const rates = await readRates(job.metrics);
  const judged = states.map((state) => judge(job, state, rates));
  await saveHealth(
    job.ctx.db,
    judged.filter(({ state, record }) => differs(state, record)).map(({ record }) => record),
  );
  for (const one of judged) await followUp(job, one).catch((error: unknown) => cannot(one.state.name, error));
}

type Rates = Readonly<{
  /** Null: there are some. */
  unseen(state: HealthState): Unseen | null;
  of(state: HealthState, revision: number): Pick<ServingRevision, keyof typeof NO_RATES>;
}>;

const NO_RATES = { requestsPerSecond: null, errorRatio: null, refusedRatio: null, latencyMsP99: null };
/**
 * Every router has this from its start, asked or not: an environment without it is not scraped, and not just idle. By its
 * own label, for two clusters may have namespaces of one name; routers of the release before have none.
 */
const SCRAPES = `max by (environment, namespace) (count_over_time(slipway_plan_staleness_seconds[${WINDOW_SECONDS}s]))`;
/** A rate needs two. */
const SCRAPES_MIN = 2;

/** Five queries for all endpoints together. */
async function readRates(metrics: MetricsSource): Promise<Rates> {
  const now = new Date();
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const range = { fromSeconds: nowSeconds, toSeconds: nowSeconds, stepSeconds: WINDOW_SECONDS };
  const queries = fleetQueries("environment, endpoint, revision", WINDOW_SECONDS);
  const read = async (promql: string, ...labels: readonly string[]) => {
    const samples = await metrics.range(promql, range, AbortSignal.timeout(WINDOW_SECONDS * 1000));
    return new Map(
      samples.map((sample) => [
        labels.map((label) => sample.labels[label] ?? "").join("/"),
        sample.values.get(nowSeconds) ?? null,
      ]),
    );
  };
  const byRevision = ["environment", "endpoint", "revision"];
  try {
    const [scrapes, requests, errors, refused, latency] = await Promise.all([
      read(SCRAPES, "environment", "namespace"),
      read(queries.judgedPerSecond, ...byRevision),
      read(queries.errorRatio, ...byRevision),
      read(queries.refusedRatio, ...byRevision),
      read(queries.latencyMsP99, ...byRevision),
    ]);
    return {
      unseen: ({ environment, namespace }) =>
        (scrapes.get(`${environment}/${namespace}`) ?? scrapes.get(`/${namespace}`) ?? 0) >= SCRAPES_MIN
          ? null
          : { why: "Prometheus has no fresh metrics of its routers", since: now },
      of({ environment, name }, revision) {
        const key = `${environment}/${name}/${revision}`;
        return {
          requestsPerSecond: requests.get(key) ?? null,
          errorRatio: errors.get(key) ?? null,
          refusedRatio: refused.get(key) ?? null,
          latencyMsP99: latency.get(key) ?? null,
        };
      },
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { since } = error.detail;
    const unseen = {
      why: error.message.replace(/\.$/, ""),
      since: typeof since === "string" ? new Date(since) : now,
    };
    return { unseen: () => unseen, of: () => NO_RATES };
  }
}

type Judged = Readonly<{ state: HealthState; missed: HealthVerdict["missed"]; record: HealthRow }>;

function judge(job: HealthJob, state: HealthState, rates: Rates): Judged {
  const verdict: HealthVerdict = decideHealth({
    targets: state.targets,
    serving: servingOf(state, rates),
    deploying: deployingOf(state),
    deployFailed: state.newestState === "failed" ? failedOf(state) : null,
    blindToCluster: blindness(job, state),
    blindToMetrics: rates.unseen(state),
    windowSeconds: WINDOW_SECONDS,
  });
  const { plan, now } = state;
  const after = plan?.servedAt == null ? null : { plan: plan.number, at: plan.servedAt };
  const record = recordHealth(recordOf(state), verdict, after, now);
  return { state, missed: verdict.missed, record: { ...record, endpointUid: state.uid } };
}

function servingOf(state: HealthState, rates: Rates): ServingRevision[] {
  const entries = state.plan?.entries.filter(({ role, weightBps }) => role === "live" && weightBps > 0) ?? [];
  return entries.map(({ revision, weightBps }) => {
    const known = state.revisions.find(({ number }) => number === revision);
    return {
      revision,
      model: known?.model ?? "",
      version: String(known?.version ?? "?"),
      weightBps,
      ready: known?.ready ?? 0,
      desired: known?.desired ?? 0,
      ...rates.of(state, revision),
    };
  });
}

function deployingOf(state: HealthState): string | null {
  if (state.newestState !== "pending" || state.newestPlan <= (state.plan?.number ?? 0)) return null;
  const trouble = troubleOf(state);
  const waiting = state.waiting ?? `change #${state.newestPlan} is on its way`;
  return trouble === null ? inSentence(waiting) : `${inSentence(waiting)}: ${inSentence(trouble)}`;
}

const failedOf = (state: HealthState): string => {
  const trouble = troubleOf(state);
  return inSentence(trouble ?? state.failure ?? "its pods did not get ready in time");
};

const troubleOf = ({ revisions }: HealthState): string | null =>
  revisions.find(({ trouble }) => trouble !== null)?.trouble?.message ?? null;

/** A sentence as a part of another one; names keep their capital. */
const inSentence = (words: string): string => {
  const text = words.replace(/\.$/, "");
  return /^(Waiting|The|No|Pod|Container) /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
};

function blindness({ ctx }: HealthJob, { environmentId, now }: HealthState): Unseen | null {
  const scope = ctx.scopes.of(environmentId);
  if (scope === null) return { why: "its environment has not been looked at yet", since: now };
  const { synced, staleMs } = scope.fresh();
  if (synced && staleMs <= STALE_MS) return null;
  // Never seen by this process at all.
  const seenMs = Number.isFinite(staleMs) ? now.getTime() - staleMs : now.getTime();
  return { why: "its cluster does not answer", since: new Date(seenMs) };
}

function recordOf({ health }: HealthState): HealthRecord | null {
  if (health === null) return null;
  const { afterPlan, afterPlanAt, blindTo, blindWhy, blindSince, ...record } = health;
  const after = afterPlan === null || afterPlanAt === null ? null : { plan: afterPlan, at: afterPlanAt };
  const blind =
    blindTo === null || blindWhy === null || blindSince === null
      ? null
      : { to: blindTo, why: blindWhy, since: blindSince };
  return { ...record, after, blind };
}

function differs(state: HealthState, record: HealthRecord): boolean {
  const before = recordOf(state);
  return (
    before === null || (Object.keys(before) as (keyof HealthRecord)[]).some((key) => !isSame(before[key], record[key]))
  );
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What follows from a verdict that lasts: an incident, its end, and what is known of the plan. */
async function followUp(job: HealthJob, { state, missed, record }: Judged): Promise<void> {
  const { now, plan, incident, targets } = state;
  const { db, log } = job.ctx;
  const decision = decideIncident(record, missed, incident, now, job.incidentAfterMs);
  const long = (since: Date | null) => lasted(since, now, job.incidentAfterMs);
  // A plan answers for what was missed while it was served, not for what it found.
  const planMissed = missed === true && long(record.missedSince) && long(plan?.servedAt ?? null);
  const planMet = missed === false && long(record.metSince);
  const marks =
    plan !== null && ((planMissed && plan.missedTargetsAt === null) || (planMet && plan.missedTargetsAt !== null));
  const untold = job.webhook && incident?.untold === true && decision !== "resolve";
  if (decision === null && !marks && !untold) return;
  const threshold = record.target === null ? null : targets[record.target];
  await db.inTransaction(async (tx) => {
    if (marks) await markPlan(tx, plan.id, planMissed);
    if (decision !== null) await hintNews(tx);
    if (decision === "open") {
      const id = await openIncident(tx, record, threshold);
      if (id !== null) await tellWebhook(tx, id, "incident.opened", job.webhook);
    }
    if (incident === null) return;
    if (decision === "worsen") await worsenIncident(tx, incident.id, record, threshold);
    if (untold) await tellWebhook(tx, incident.id, "incident.opened", job.webhook);
    if (decision === "resolve" && (await endIncident(tx, incident.id)))
      await tellWebhook(tx, incident.id, "incident.resolved", job.webhook);
  });
  if (decision !== null) log.info({ endpoint: state.name, decision, cause: record.cause }, "incident");
}
