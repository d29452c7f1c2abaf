/** When a container that ended starts again. */

const MAX_BACKOFF_MS = 300_000;
/** A run this long forgets the crashes before it. */
const FORGIVEN_AFTER_MS = 2 * MAX_BACKOFF_MS;

export type RestartPolicy = "Always" | "OnFailure" | "Never";

export const shouldRestart = (policy: RestartPolicy, init: boolean, exitCode: number): boolean => {
  if (init) return exitCode !== 0 && policy !== "Never";
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
};

export type Backoff = {
  /** 0 for the first restart; then the base, doubling. `ranMs` is how long the run that just ended took. */
  next(ranMs: number): number;
  reset(): void;
};

export const createBackoff = (baseMs: number): Backoff => {
  let delayMs = 0;
  return {
    next: (ranMs) => {
      if (ranMs >= FORGIVEN_AFTER_MS) delayMs = 0;
      const now = delayMs;
      delayMs = Math.min(Math.max(delayMs * 2, baseMs), MAX_BACKOFF_MS);
      return now;
    },
    reset: () => {
      delayMs = 0;
    },
  };
};

/** `10s`, `1m20s`, as in the messages of a kubelet. */
export const durationText = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
};
