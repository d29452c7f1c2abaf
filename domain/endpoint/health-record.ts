import { type Blindness, type HealthState, type HealthVerdict, isMissing, type TargetName } from "./health.ts";

/*
 * Health over time. A verdict is one look; a record is what is known after it.
 *
 * - Healthy is only what was seen to meet all targets in the latest look. Silence never heals.
 * - What cannot be seen is Unknown, unless it was seen to miss a target: then it stays missed, with its cause and since
 *   when, until somebody sees it met.
 * - `since` of a miss is its first look, whichever revision is to blame for it meanwhile and however bad it is.
 * - A miss becomes an incident by a look that sees it, two minutes after its first; one look that meets all targets ends
 *   the count. Looks that see nothing neither open an incident nor count for its end.
 * - An incident ends when every look of two minutes met all targets.
 */

/** A miss shorter than this is noise; one this long is an incident, and so long must it be met to be over. */
export const INCIDENT_AFTER_MS = 120_000;

export type HealthRecord = Readonly<{
  state: HealthState;
  cause: string;
  revision: number | null;
  target: TargetName | null;
  blind: Blindness | null;
  since: Date;
  /** Targets are missed since then, as far as anybody saw; null: the latest look that saw met them all. */
  missedSince: Date | null;
  /** Targets are seen to be met in every look since then. */
  metSince: Date | null;
  after: Readonly<{ plan: number; at: Date }> | null;
}>;

/** What is known after this look. `after` is the plan that routers serve now. */
export function recordHealth(
  before: HealthRecord | null,
  verdict: HealthVerdict,
  after: HealthRecord["after"],
  now: Date,
): HealthRecord {
  const { missed, ...told } = verdict;
  const blind = heldBlindness(before?.blind ?? null, verdict.blind);
  if (before !== null && blind !== null && missed === null && hides(blind, before))
    return { ...before, blind, metSince: null };
  const missedSince = missed === null ? (before?.missedSince ?? null) : missed ? (before?.missedSince ?? now) : null;
  const same = before !== null && (before.state === told.state || (isMissing(before.state) && isMissing(told.state)));
  const began = isMissing(told.state) ? (missedSince ?? now) : told.state === "Unknown" ? (blind?.since ?? now) : now;
  const since = same ? before.since : began;
  return {
    ...told,
    blind,
    since,
    // A plan served later is not what came before it.
    after: same ? before.after : after !== null && after.at <= since ? after : (before?.after ?? null),
    missedSince,
    metSince: missed === false ? (before?.metSince ?? now) : null,
  };
}

/** Blindness that goes on began when it was first met with, though who tells of it may have been started since. */
const heldBlindness = (before: Blindness | null, now: Blindness | null): Blindness | null =>
  before !== null && now !== null && before.to === now.to && before.why === now.why ? before : now;

/** Whether the miss that is known is of what cannot be seen now. Ready pods are seen without metrics. */
const hides = ({ to }: Blindness, { state, target }: HealthRecord): boolean =>
  isMissing(state) && (to === "cluster" || (target !== null && target !== "readyPodsMin"));

export type IncidentDecision = "open" | "worsen" | "resolve" | null;

/** Whether an incident begins, becomes worse or ends by this look. `open`: severity of the one that is open. */
export function decideIncident(
  health: HealthRecord,
  missed: HealthVerdict["missed"],
  open: Readonly<{ severity: string }> | null,
  now: Date,
  afterMs: number = INCIDENT_AFTER_MS,
): IncidentDecision {
  if (open === null) return missed === true && lasted(health.missedSince, now, afterMs) ? "open" : null;
  if (missed === false && lasted(health.metSince, now, afterMs)) return "resolve";
  return missed === true && health.state === "Failing" && open.severity !== "Failing" ? "worsen" : null;
}

export const lasted = (since: Date | null, now: Date, ms: number): boolean =>
  since !== null && now.getTime() - since.getTime() >= ms;
