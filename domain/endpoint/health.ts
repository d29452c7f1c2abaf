import { z } from "zod";
import { revisionLabel } from "#domain/shared/version-label.ts";
import { momentSchema } from "#domain/shared/views.ts";
import type { healthTargetsSchema } from "./schema.ts";

export const HEALTH_STATES = ["Healthy", "Deploying", "Degraded", "Failing", "Unknown"] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

export const TARGET_NAMES = ["errorRatioMax", "latencyMsP99Max", "readyPodsMin"] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** As the API gives it; `healthSentence` of health-words.ts makes the one sentence of it, with times as the reader's clock has them. */
export const healthViewSchema = z.object({
  state: z.enum(HEALTH_STATES),
  /** What is the matter, without when: "v8 · r5 answers 4.1 % errors (target 1 %)". */
  cause: z.string(),
  /** The revision that `cause` speaks of; null: all of it. */
  revision: z.number().int().nullable(),
  /** The target that is missed; null: none, or nothing was ever served. */
  target: z.enum(TARGET_NAMES).nullable(),
  /** What cannot be seen now and since when: `state` and `cause` are then from before, or Unknown. */
  blind: z.object({ why: z.string(), since: momentSchema }).nullable(),
  /** Null: nobody has looked yet. */
  since: momentSchema.nullable(),
  /** The newest plan that routers had begun to serve by `since`. */
  after: z.object({ plan: z.number().int(), at: momentSchema }).nullable(),
});
export type HealthView = z.infer<typeof healthViewSchema>;

/** What is told of health that nobody looks at any more: trouble stays told, anything else is not known. */
export function unseenHealth(health: HealthView, blind: NonNullable<HealthView["blind"]>): HealthView {
  if (isMissing(health.state)) return { ...health, blind };
  // That its cluster was not seen is known already, and since when.
  if (health.state === "Unknown" && health.cause === "" && health.blind !== null) return health;
  const cause = health.state === "Unknown" ? "" : `it was ${health.state}`;
  return { ...health, state: "Unknown", cause, since: blind.since, after: null, blind };
}

export const isMissing = (state: HealthState): boolean => state === "Degraded" || state === "Failing";

export type HealthTargets = z.infer<typeof healthTargetsSchema>;

/** One revision that answers callers now. `null` of a rate: it had no requests; forced ones are no callers' and count nowhere. */
export type ServingRevision = Readonly<{
  revision: number;
  model: string;
  version: string;
  /** Share of new units, 1 to 10,000. */
  weightBps: number;
  ready: number;
  desired: number;
  requestsPerSecond: number | null;
  errorRatio: number | null;
  /** Share answered with a 4xx for what was asked. */
  refusedRatio: number | null;
  latencyMsP99: number | null;
}>;

/** Why something cannot be seen, "Prometheus does not answer", and since when. */
export type Unseen = Readonly<{ why: string; since: Date }>;
export type Blindness = Unseen & Readonly<{ to: "cluster" | "metrics" }>;

export type HealthQuestion = Readonly<{
  targets: HealthTargets;
  /** Of the plan that routers serve; empty: nothing is served yet. */
  serving: readonly ServingRevision[];
  /** Why the newest plan does not go out yet, such as "waiting for a ready pod of r5"; null: it is out. */
  deploying: string | null;
  /** Why it never will; null: it may. */
  deployFailed: string | null;
  /** Nobody can see the cluster; null: it is seen. */
  blindToCluster: Unseen | null;
  /** There are no metrics; null: there are. */
  blindToMetrics: Unseen | null;
  /** Seconds that rates were measured over. */
  windowSeconds: number;
}>;

export type HealthVerdict = Readonly<{
  state: HealthState;
  cause: string;
  revision: number | null;
  target: TargetName | null;
  /** True: a target is missed. False: all are met. Null: nobody can tell. */
  missed: boolean | null;
  /** What this look would have needed and did not see. */
  blind: Blindness | null;
}>;

/** Fewer say nothing about a share or a percentile. */
const REQUESTS_MIN = 20;
const ERRORS_MIN = 3;
/** From here on callers as a whole are failed, not some of them; and what refuses so much is told of though nothing compares. */
const FAILING_RATIO = 0.5;

/**
 * What an endpoint's targets say now. Pods count before metrics, the worst revision gives the cause, and what cannot be
 * seen is Unknown: silence is never health.
 */
export function decideHealth(question: HealthQuestion): HealthVerdict {
  const { serving, blindToCluster, deploying, deployFailed } = question;
  const of = (state: HealthState, cause: string, missed: boolean | null, blind: Blindness | null = null) =>
    ({ state, cause, revision: null, target: null, missed, blind }) satisfies HealthVerdict;
  if (blindToCluster !== null) return of("Unknown", "", null, { ...blindToCluster, to: "cluster" });
  if (serving.length === 0) {
    if (deployFailed !== null) return of("Failing", deployFailed, true);
    return deploying === null ? of("Unknown", "nothing is served yet", null) : of("Deploying", deploying, null);
  }
  const blind: Blindness | null =
    question.blindToMetrics === null ? null : { ...question.blindToMetrics, to: "metrics" };
  const miss = podsMissed(question) ?? (blind === null ? answersMissed(question) : null);
  if (miss !== null) return { ...miss, missed: true, blind };
  const met = blind === null ? false : null;
  if (deploying !== null) return of("Deploying", deploying, met, blind);
  const pods = podsSentence(serving);
  if (blind !== null) return of("Unknown", pods, null, blind);
  const idle = serving.every(({ requestsPerSecond }) => (requestsPerSecond ?? 0) === 0);
  return of("Healthy", `${pods}${idle ? ", no requests now" : refusingWords(question)}`, false);
}

type Miss = Pick<HealthVerdict, "state" | "cause" | "revision" | "target">;

function podsMissed({ serving, targets }: HealthQuestion): Miss | null {
  const total = serving.reduce((sum, { ready }) => sum + ready, 0);
  if (total === 0 && targets.readyPodsMin > 0) {
    const [only, ...others] = serving;
    const who = others.length === 0 && only !== undefined ? revisionLabel(only, serving) : "no revision with traffic";
    const cause = others.length === 0 ? `${who} has no ready pod` : `${who} has a ready pod`;
    const revision = others.length === 0 ? (only?.revision ?? null) : null;
    return { state: "Failing", cause, revision, target: "readyPodsMin" };
  }
  const short = serving.filter(({ ready }) => ready < targets.readyPodsMin).sort((a, b) => a.ready - b.ready)[0];
  if (short === undefined) return null;
  const cause = `${revisionLabel(short, serving)} has ${short.ready} ready ${short.ready === 1 ? "pod" : "pods"} (target ${targets.readyPodsMin})`;
  return { state: "Degraded", cause, revision: short.revision, target: "readyPodsMin" };
}

function answersMissed(question: HealthQuestion): Miss | null {
  const { serving, targets, windowSeconds } = question;
  const asked = (revision: ServingRevision) => askedOf(revision, windowSeconds);
  const failed = (revision: ServingRevision) => asked(revision) * (revision.errorRatio ?? 0);
  // Units are split at random: what one revision refuses beyond another is its own doing, not its callers'.
  const compared = mostRefusing(question);
  const least = compared.at(-1);
  const excess = (r: ServingRevision) =>
    compared.includes(r) ? (r.refusedRatio ?? 0) - (least?.refusedRatio ?? 0) : 0;
  const sum = (of: (revision: ServingRevision) => number) => serving.reduce((total, r) => total + of(r), 0);
  const hurt = sum((r) => failed(r) + asked(r) * excess(r)) / sum(asked);
  const state = hurt >= FAILING_RATIO ? "Failing" : "Degraded";
  const target = `(target ${percent(targets.errorRatioMax)})`;
  // Rates are extrapolated: the slack keeps three errors three.
  const bad = serving
    .filter((r) => (r.errorRatio ?? 0) > targets.errorRatioMax && failed(r) >= ERRORS_MIN - 0.5)
    .sort((a, b) => (b.errorRatio ?? 0) - (a.errorRatio ?? 0))[0];
  if (bad !== undefined) {
    const cause = `${revisionLabel(bad, serving)} answers ${percent(bad.errorRatio ?? 0)} errors ${target}`;
    return { state, cause, revision: bad.revision, target: "errorRatioMax" };
  }
  const refusing = compared.find((r) => excess(r) > targets.errorRatioMax && asked(r) * excess(r) >= ERRORS_MIN - 0.5);
  if (refusing !== undefined && least !== undefined) {
    const cause = `${refusesWords(refusing, serving)}, ${revisionLabel(least, serving)} ${percent(least.refusedRatio ?? 0)} ${target}`;
    return { state, cause, revision: refusing.revision, target: "errorRatioMax" };
  }
  const slow = serving
    .filter((r) => (r.latencyMsP99 ?? 0) > targets.latencyMsP99Max && asked(r) >= REQUESTS_MIN)
    .sort((a, b) => (b.latencyMsP99 ?? 0) - (a.latencyMsP99 ?? 0))[0];
  if (slow === undefined) return null;
  const cause = `${revisionLabel(slow, serving)} answers in ${duration(slow.latencyMsP99 ?? 0)} at p99 (target ${duration(targets.latencyMsP99Max)})`;
  return { state: "Degraded", cause, revision: slow.revision, target: "latencyMsP99Max" };
}

const askedOf = ({ requestsPerSecond }: ServingRevision, windowSeconds: number): number =>
  (requestsPerSecond ?? 0) * windowSeconds;

/** Those with enough requests to be compared, the one that refuses most of its own first. */
const mostRefusing = ({ serving, windowSeconds }: HealthQuestion): ServingRevision[] =>
  serving
    .filter((revision) => askedOf(revision, windowSeconds) >= REQUESTS_MIN)
    .sort((a, b) => (b.refusedRatio ?? 0) - (a.refusedRatio ?? 0));

const refusesWords = (revision: ServingRevision, serving: readonly ServingRevision[]): string =>
  `${revisionLabel(revision, serving)} refuses ${percent(revision.refusedRatio ?? 0)} of its requests`;

/** What misses no target, for lack of another revision that does better, is not kept back. */
function refusingWords(question: HealthQuestion): string {
  const [worst] = mostRefusing(question);
  if (worst === undefined || (worst.refusedRatio ?? 0) < FAILING_RATIO) return "";
  return `, ${refusesWords(worst, question.serving)}`;
}

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
