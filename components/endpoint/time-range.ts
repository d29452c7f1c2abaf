export const RANGES = ["15m", "1h", "6h", "24h", "7d"] as const;
export type RangeName = (typeof RANGES)[number];

const SECONDS: Readonly<Record<RangeName, number>> = {
  "15m": 900,
  "1h": 3_600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
};
/** As many as a chart of half a screen has room for at two pixels each. */
const POINTS = 180;
const STEP_SECONDS_MIN = 5;
/** No range ends longer ago than this, nor is asked for again later: steps of a week are an hour. */
const LATE_SECONDS_MAX = 120;
const REFRESH_MS_MIN = 10_000;

export type AskedRange = Readonly<{ fromSeconds: number; toSeconds: number; stepSeconds: number }>;

/**
 * The range to ask for now. Relative ones end at a whole step where that is not long ago, so that a later question has the
 * same points; `from` and `to` (seconds since 1970) win when they make a range.
 */
export function rangeAt(
  name: RangeName,
  fixed: Readonly<{ from: Date | null; to: Date | null }>,
  nowMs: number,
): AskedRange {
  const fromSeconds = fixed.from === null ? Number.NaN : Math.floor(fixed.from.getTime() / 1_000);
  const toSeconds = fixed.to === null ? Math.floor(nowMs / 1_000) : Math.floor(fixed.to.getTime() / 1_000);
  if (fromSeconds < toSeconds) {
    const stepSeconds = Math.max(STEP_SECONDS_MIN, Math.ceil((toSeconds - fromSeconds) / POINTS));
    return { fromSeconds, toSeconds, stepSeconds };
  }
  const stepSeconds = Math.max(STEP_SECONDS_MIN, SECONDS[name] / POINTS);
  const even = Math.min(stepSeconds, LATE_SECONDS_MAX);
  const end = Math.floor(nowMs / 1_000 / even) * even;
  return { fromSeconds: end - SECONDS[name], toSeconds: end, stepSeconds };
}

/** How soon to ask again; false: never, for what lies in the past was answered. */
export function refreshMs({ stepSeconds }: AskedRange, to: Date | null, failed: boolean): number | false {
  if (to !== null && !failed) return false;
  return Math.max(REFRESH_MS_MIN, Math.min(stepSeconds, LATE_SECONDS_MAX) * 1_000);
}
