/** Seconds a revision may take to get ready before a plan that waits for it fails, as a Deployment's own default. */
export const PROGRESS_DEADLINE_SECONDS = 600;

export type Progress = Readonly<{
  /** When the current attempt to reach the desired replicas began; null: it is reached. */
  since: Date | null;
  deadlineMissedAt: Date | null;
}>;

/**
 * An attempt begins when replicas are missing and ends when none is; a wish for more replicas, or one more ready,
 * begins it anew. `before` is null for a revision seen for the first time.
 */
export function trackProgress(
  before: (Progress & Readonly<{ desired: number; ready: number }>) | null,
  observed: Readonly<{ desired: number; ready: number }>,
  now: Date,
): Progress {
  if (observed.ready >= observed.desired) return { since: null, deadlineMissedAt: null };
  const moved = before === null || observed.desired > before.desired || observed.ready > before.ready;
  const since = moved ? now : (before.since ?? now);
  const missed = now.getTime() - since.getTime() >= PROGRESS_DEADLINE_SECONDS * 1000;
  const earlier = moved ? null : (before?.deadlineMissedAt ?? null);
  return { since, deadlineMissedAt: missed ? (earlier ?? now) : null };
}
