/** When the follower began, when it last heard anything, and how far behind the worker was then. */
export type Heard = Readonly<{ sinceMs: number; lastMs: number | null; lagMs: number | null }>;

export type Freshness =
  | Readonly<{ state: "starting" | "live" }>
  /** "silent": nothing is heard at all. "unseen": only of what runs in a cluster is nothing heard. */
  | Readonly<{ state: "stale"; cause: "silent" | "unseen"; staleSeconds: number; why: string }>;

/** News come every 5 s; the second one missing is no delay any more. */
const NEWS_MS = 5_000;
const SILENT_MS = 11_000;
/** The worker proves every 10 s that it sees the clusters. */
const UNSEEN_MS = 25_000;

/** Stale is never shown as fresh: no news, or a worker that does not look, both count from the last good moment. */
export function freshnessAt({ sinceMs, lastMs, lagMs }: Heard, nowMs: number): Freshness {
  const silentMs = nowMs - (lastMs ?? sinceMs);
  if (silentMs > SILENT_MS) return stale("silent", silentMs);
  if (lastMs === null) return { state: "starting" };
  // Of the worker only the news tell: once they are late, it is not the worker that is to be blamed.
  if (lagMs !== null && lagMs + Math.min(silentMs, NEWS_MS) > UNSEEN_MS) return stale("unseen", lagMs + silentMs);
  return { state: "live" };
}

const WHY = {
  silent: "Slipway's web server or its database does not answer.",
  unseen: "The worker does not see a cluster: what is shown of pods and traffic is from then.",
} as const;

const stale = (cause: keyof typeof WHY, ms: number): Freshness => ({
  state: "stale",
  cause,
  staleSeconds: Math.floor(ms / 1_000),
  why: WHY[cause],
});
