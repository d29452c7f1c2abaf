export type Span = Readonly<{ fromMs: number; toMs: number }>;

/**
 * Where a chart knows nothing: from the last known moment to the next one, and at both ends of what was asked for.
 * `known` says for each of `times` (ascending, `stepMs` apart) whether any line has a value. What is missing at an end
 * for less than `slackMs` is only not there yet.
 */
export function gapsOf(
  times: readonly number[],
  known: readonly boolean[],
  asked: Span,
  stepMs: number,
  slackMs: number,
): Span[] {
  const moments = times.filter((_, index) => known[index]);
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined) return [asked];
  const gaps: Span[] = [];
  if (first - asked.fromMs > slackMs) gaps.push({ fromMs: asked.fromMs, toMs: first });
  moments.forEach((moment, index) => {
    const next = moments[index + 1];
    if (next !== undefined && next - moment > stepMs * 1.5) gaps.push({ fromMs: moment, toMs: next });
  });
  if (asked.toMs - last > slackMs) gaps.push({ fromMs: last, toMs: asked.toMs });
  return gaps;
}

/**
 * Whether anything is known at each of `times`: a value of a line, or that somebody watched and there was none to tell of,
 * as an idle endpoint has no errors.
 */
export const knownAt = (
  times: readonly number[],
  lines: readonly Readonly<{ values: readonly (number | null)[] }>[],
  watched: readonly boolean[],
): boolean[] => times.map((_, index) => watched[index] === true || lines.some(({ values }) => values[index] != null));

/** Values without a neighbour: a line cannot show them, so they get a dot. */
export const isLone = (values: readonly (number | null)[], index: number): boolean =>
  values[index] != null && values[index - 1] == null && values[index + 1] == null;

const NICE = [1, 2, 2.5, 5, 10];

/** What an axis counts: anything, bytes in KiB and MiB, or things of which there is no half. */
export type AxisUnit = "plain" | "binary" | "whole";

/** Five round values from zero (four gridlines and the floor) that hold `highest`. */
export function ticksFor(highest: number, unit: AxisUnit = "plain"): number[] {
  const times = (step: number) => [0, 1, 2, 3, 4].map((index) => Number((index * step).toPrecision(12)));
  if (unit === "whole") return times(Math.max(1, Math.ceil(niceAbove(highest / 4))));
  if (unit !== "binary") return times(niceAbove((highest > 0 ? highest : 1) / 4));
  let size = 1024 ** Math.max(0, Math.floor(Math.log(Math.max(1, highest)) / Math.log(1024)));
  // Of 1,500 MiB nobody would say so: from there on in GiB.
  if (niceAbove(highest / size / 4) * 4 > 1024) size *= 1024;
  return times(size === 1 ? Math.max(1, Math.ceil(niceAbove(highest / 4))) : niceAbove(highest / size / 4) * size);
}

function niceAbove(wanted: number): number {
  if (wanted <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return (NICE.find((nice) => nice * power >= wanted * 0.999) ?? 10) * power;
}

/** The powers of ten around what a logarithmic axis shows. */
export function logTicksFor(lowest: number, highest: number): number[] {
  const from = Math.floor(Math.log10(lowest > 0 ? lowest : 1));
  const to = Math.max(from + 1, Math.ceil(Math.log10(highest > 0 ? highest : 10)));
  return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
}

/** Labels at line ends, pushed apart so that none covers another; order stays. `ys` in pixels. */
export function spread(ys: readonly number[], spacing: number, low: number, high: number): number[] {
  const order = ys.map((_, index) => index).sort((a, b) => (ys[a] ?? 0) - (ys[b] ?? 0));
  const placed = [...ys];
  let previous = -Infinity;
  for (const index of order) {
    placed[index] = Math.max(ys[index] ?? 0, previous + spacing, low);
    previous = placed[index] ?? 0;
  }
  let next = high + spacing;
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index] ?? 0, next - spacing);
    next = placed[index] ?? 0;
  }
  return placed;
}

/** The widest stretch of `asked` that no gap covers; null: gaps cover all of it. `gaps` ascend and do not overlap. */
export function widestBetween(gaps: readonly Span[], asked: Span): Span | null {
  const starts = [asked.fromMs, ...gaps.map(({ toMs }) => toMs)];
  const ends = [...gaps.map(({ fromMs }) => fromMs), asked.toMs];
  const free = starts
    .map((fromMs, index) => ({ fromMs, toMs: ends[index] ?? fromMs }))
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs));
  return free[0] ?? null;
}
