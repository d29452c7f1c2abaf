import { z } from "zod";
import { momentSchema } from "#domain/shared/views.ts";
import type { healthTargetsSchema } from "./schema.ts";

export const HEALTH_STATES = ["Healthy", "Deploying", "Degraded", "Failing", "Unknown"] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** As the API gives it; `healthSentence` makes the one sentence of it, with times as the reader's clock has them. */
export const healthViewSchema = z.object({
  state: z.enum(HEALTH_STATES),
  /** What is the matter, without when: "v8 · r5 answers 4.1 % errors (target 1 %)". */
  cause: z.string(),
  /** The revision that `cause` speaks of; null: all of it. */
  revision: z.number().int().nullable(),
  /** Null: nobody has looked yet. */
  since: momentSchema.nullable(),
  /** The newest plan that routers had begun to serve by `since`. */
  after: z.object({ plan: z.number().int(), at: momentSchema }).nullable(),
});
export type HealthView = z.infer<typeof healthViewSchema>;

/** A change this much older than the trouble is not named beside it. */
const RELATED_MS_MAX = 3_600_000;

/** "Degraded: v8 · r5 answers 4.1 % errors (target 1 %) since 02:51, 3 min after change #41". */
export function healthSentence(health: HealthView, clock: (at: string) => string): string {
  const told = health.state === "Healthy" && health.cause === "" ? "Healthy" : `${health.state}: ${health.cause}`;
  if (health.since === null || health.state === "Healthy") return told;
  const afterMs = health.after === null ? Infinity : Date.parse(health.since) - Date.parse(health.after.at);
  const after =
    health.after === null || afterMs > RELATED_MS_MAX
      ? ""
      : `, ${spanOf(Math.max(0, afterMs))} after change #${health.after.plan}`;
  return `${told} since ${clock(health.since)}${after}`;
}

const spanOf = (ms: number): string => (ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

export type HealthTargets = z.infer<typeof healthTargetsSchema>;

/** One revision that answers callers now. `null` of a rate: it had no requests. */
export type ServingRevision = Readonly<{
  revision: number;
  version: string;
  /** Share of new units, 1 to 10,000. */
  weightBps: number;
  ready: number;
  desired: number;
  requestsPerSecond: number | null;
  errorRatio: number | null;
  latencyMsP99: number | null;
}>;

export type HealthQuestion = Readonly<{
  targets: HealthTargets;
  /** Of the plan that routers serve; empty: nothing is served yet. */
  serving: readonly ServingRevision[];
  /** Why the newest plan does not go out yet, such as "waiting for a ready pod of r5"; null: it is out. */
  deploying: string | null;
  /** Why it never will; null: it may. */
  deployFailed: string | null;
  /** Why nobody can see the cluster; null: it is seen. */
  blindToCluster: string | null;
  /** Why there are no metrics; null: there are. */
  blindToMetrics: string | null;
  /** Seconds that rates were measured over. */
  windowSeconds: number;
}>;

export type HealthVerdict = Readonly<{
  state: HealthState;
  cause: string;
  revision: number | null;
  /** True: a target is missed. False: all are met. Null: nobody can tell. */
  missed: boolean | null;
}>;

/** Fewer say nothing about a share or a percentile. */
const REQUESTS_MIN = 20;
const ERRORS_MIN = 3;
/** From here on callers as a whole are failed, not some of them. */
const FAILING_ERROR_RATIO = 0.5;

/**
 * What an endpoint's targets say now. Pods count before metrics, the worst revision gives the cause, and what cannot be
 * seen is Unknown: silence is never health.
 */
export function decideHealth(question: HealthQuestion): HealthVerdict {
  const { serving, blindToCluster, blindToMetrics, deploying, deployFailed } = question;
  if (blindToCluster !== null) return { state: "Unknown", cause: blindToCluster, revision: null, missed: null };
  if (serving.length === 0) {
    if (deployFailed !== null) return { state: "Failing", cause: deployFailed, revision: null, missed: true };
    return deploying === null
      ? { state: "Unknown", cause: "nothing is served yet", revision: null, missed: null }
      : { state: "Deploying", cause: deploying, revision: null, missed: null };
  }
  const miss = podsMissed(question) ?? (blindToMetrics === null ? answersMissed(question) : null);
  if (miss !== null) return { ...miss, missed: true };
  if (deploying !== null)
    return { state: "Deploying", cause: deploying, revision: null, missed: blindToMetrics === null ? false : null };
  const pods = podsSentence(serving);
  if (blindToMetrics !== null)
    return { state: "Unknown", cause: `${pods}, but ${blindToMetrics}`, revision: null, missed: null };
  const idle = serving.every(({ requestsPerSecond }) => (requestsPerSecond ?? 0) === 0);
  return { state: "Healthy", cause: idle ? `${pods}, no requests now` : pods, revision: null, missed: false };
}

type Miss = Omit<HealthVerdict, "missed">;

function podsMissed({ serving, targets }: HealthQuestion): Miss | null {
  const total = serving.reduce((sum, { ready }) => sum + ready, 0);
  if (total === 0 && targets.readyPodsMin > 0) {
    const [only, ...others] = serving;
    const who = others.length === 0 && only !== undefined ? nameOf(only) : "no revision with traffic";
    const cause = others.length === 0 ? `${who} has no ready pod` : `${who} has a ready pod`;
    return { state: "Failing", cause, revision: others.length === 0 ? (only?.revision ?? null) : null };
  }
  const short = serving.filter(({ ready }) => ready < targets.readyPodsMin).sort((a, b) => a.ready - b.ready)[0];
  if (short === undefined) return null;
  const cause = `${nameOf(short)} has ${short.ready} ready ${short.ready === 1 ? "pod" : "pods"} (target ${targets.readyPodsMin})`;
  return { state: "Degraded", cause, revision: short.revision };
}

function answersMissed({ serving, targets, windowSeconds }: HealthQuestion): Miss | null {
  const asked = ({ requestsPerSecond }: ServingRevision) => (requestsPerSecond ?? 0) * windowSeconds;
  const failed = (revision: ServingRevision) => asked(revision) * (revision.errorRatio ?? 0);
  // Rates are extrapolated: the slack keeps three errors three.
  const bad = serving
    .filter((r) => (r.errorRatio ?? 0) > targets.errorRatioMax && failed(r) >= ERRORS_MIN - 0.5)
    .sort((a, b) => (b.errorRatio ?? 0) - (a.errorRatio ?? 0))[0];
  if (bad !== undefined) {
    const all = serving.reduce((sum, revision) => sum + asked(revision), 0);
    const whole = serving.reduce((sum, revision) => sum + failed(revision), 0) / all;
    const cause = `${nameOf(bad)} answers ${percent(bad.errorRatio ?? 0)} errors (target ${percent(targets.errorRatioMax)})`;
    return { state: whole >= FAILING_ERROR_RATIO ? "Failing" : "Degraded", cause, revision: bad.revision };
  }
  const slow = serving
    .filter((r) => (r.latencyMsP99 ?? 0) > targets.latencyMsP99Max && asked(r) >= REQUESTS_MIN)
    .sort((a, b) => (b.latencyMsP99 ?? 0) - (a.latencyMsP99 ?? 0))[0];
  if (slow === undefined) return null;
  const cause = `${nameOf(slow)} answers in ${duration(slow.latencyMsP99 ?? 0)} at p99 (target ${duration(targets.latencyMsP99Max)})`;
  return { state: "Degraded", cause, revision: slow.revision };
}

const nameOf = ({ version, revision }: ServingRevision): string => `v${version} · r${revision}`;

function podsSentence(serving: readonly ServingRevision[]): string {
  const ready = serving.reduce((sum, revision) => sum + revision.ready, 0);
  const desired = Math.max(
    ready,
    serving.reduce((sum, revision) => sum + revision.desired, 0),
  );
  return `${ready} of ${desired} ${desired === 1 ? "pod" : "pods"} ready`;
}

const short = (value: number): string => String(Number(value.toPrecision(value >= 1000 ? 4 : 2)));
const percent = (ratio: number): string => `${short(ratio * 100)} %`;
const duration = (ms: number): string => (ms >= 1000 ? `${short(ms / 1000)} s` : `${short(ms)} ms`);

/** A miss shorter than this is noise; one this long is an incident, and so long must it be met to be over. */
export const INCIDENT_AFTER_MS = 120_000;

export type HealthRecord = Readonly<{
  state: HealthState;
  cause: string;
  revision: number | null;
  since: Date;
  missedSince: Date | null;
  metSince: Date | null;
  after: Readonly<{ plan: number; at: Date }> | null;
}>;

/** The next record: `since` holds while the state does; what nobody can tell ends neither a miss nor its end. */
export function recordHealth(
  before: HealthRecord | null,
  verdict: HealthVerdict,
  after: HealthRecord["after"],
  now: Date,
): HealthRecord {
  const { missed, ...told } = verdict;
  const same = before !== null && before.state === verdict.state && before.revision === verdict.revision;
  const held = (since: Date | null | undefined) => since ?? now;
  return {
    ...told,
    since: same ? before.since : now,
    after: same ? before.after : after,
    missedSince: missed === null ? (before?.missedSince ?? null) : missed ? held(before?.missedSince) : null,
    metSince: missed === null ? null : missed ? null : held(before?.metSince),
  };
}

export type IncidentDecision = "open" | "worsen" | "resolve" | null;

/** Whether an incident begins, becomes worse or ends. `open`: severity of the one that is open. */
export function decideIncident(
  health: HealthRecord,
  open: Readonly<{ severity: string }> | null,
  now: Date,
  afterMs: number = INCIDENT_AFTER_MS,
): IncidentDecision {
  const lasted = (since: Date | null) => since !== null && now.getTime() - since.getTime() >= afterMs;
  if (open === null) return lasted(health.missedSince) ? "open" : null;
  if (health.missedSince === null && lasted(health.metSince)) return "resolve";
  return health.state === "Failing" && open.severity !== "Failing" ? "worsen" : null;
}
