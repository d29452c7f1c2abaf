import type { HealthView } from "./health.ts";

/** A change this much older than the trouble is not named beside it. */
const RELATED_MS_MAX = 3_600_000;

/** "Degraded: v8 · r5 answers 4.1 % errors (target 1 %) since 02:51, 3 min after change #41". */
export function healthSentence(health: HealthView, clock: (at: string) => string): string {
  const words = healthWords(health, clock);
  return words === "" ? health.state : `${health.state}: ${words}`;
}

/** The sentence without its first word, for where that stands beside it. */
export function healthWords(health: HealthView, clock: (at: string) => string): string {
  const { state, cause, since, after, blind } = health;
  const unseen = blind === null ? "" : `${blind.why} since ${clock(blind.since)}`;
  // Not seeing is the whole of it, and has its own beginning.
  if (state === "Unknown" && blind !== null) return cause === "" ? unseen : `${cause}, but ${unseen}`;
  // That nothing is served yet has no beginning worth telling.
  const when = since === null || state === "Healthy" || state === "Unknown" ? "" : ` since ${clock(since)}`;
  const afterMs = since === null || after === null ? Infinity : Date.parse(since) - Date.parse(after.at);
  // What is on its way is told by its own words; the change before it is not its reason.
  const change =
    when === "" || state === "Deploying" || after === null || afterMs > RELATED_MS_MAX
      ? ""
      : `, ${spanOf(Math.max(0, afterMs))} after change #${after.plan}`;
  return `${cause}${when}${change}${unseen === "" ? "" : `; ${unseen}`}`;
}

/** Whether a cause tells of what a revision refuses and another takes, and not of errors: both miss one target. */
export const isOfRefusals = (cause: string): boolean => / refuses \S+ % of its requests/.test(cause);

const spanOf = (ms: number): string => (ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);
