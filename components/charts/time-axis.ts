import { dayWords, minuteWords, secondWords } from "#components/ui/time-words.ts";
import type { Span } from "./gaps.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080].map(
  (minutes) => minutes * MINUTE_MS,
);
const TICKS_MAX = 5;

/** Round moments of the reader's own clock, at most five. */
export function timeTicks({ fromMs, toMs }: Span): number[] {
  const step = STEPS_MS.find((ms) => (toMs - fromMs) / ms <= TICKS_MAX) ?? (toMs - fromMs) / TICKS_MAX;
  const offsetMs = new Date(fromMs).getTimezoneOffset() * MINUTE_MS;
  const first = Math.ceil((fromMs - offsetMs) / step) * step + offsetMs;
  const ticks: number[] = [];
  for (let at = first; at <= toMs; at += step) ticks.push(at);
  return ticks;
}

/** "02:10" within two days, "3 May" over more; `exact` with seconds and day. */
export function axisTime(atMs: number, { fromMs, toMs }: Span, exact = false): string {
  const at = new Date(atMs);
  const spanMs = toMs - fromMs;
  if (exact) return spanMs > DAY_MS / 2 ? `${dayWords(at)} ${secondWords(at)}` : secondWords(at);
  return spanMs > 2 * DAY_MS ? dayWords(at) : minuteWords(at);
}

/** "no data 02:10–02:14"; with days where it reaches into another, with seconds where it is within one minute. */
export function gapWords({ fromMs, toMs }: Span, span: Span): string {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const isLong = span.toMs - span.fromMs > 2 * DAY_MS;
  if (from.toDateString() !== to.toDateString()) {
    const words = (at: Date) => (isLong ? dayWords(at) : `${dayWords(at)} ${minuteWords(at)}`);
    return `no data ${words(from)}–${words(to)}`;
  }
  const clock = minuteWords(from) === minuteWords(to) ? secondWords : minuteWords;
  return `no data ${isLong ? `${dayWords(from)} ` : ""}${clock(from)}–${clock(to)}`;
}
