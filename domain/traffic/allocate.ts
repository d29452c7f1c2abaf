import { BUCKETS, type BucketRange } from "#domain/traffic/wire.ts";

/**
 * Cuts the 10,000 buckets anew, moving as few as possible: a shrinking revision gives up its highest buckets, a growing
 * one keeps all it has and takes only what was given up. Both maps are keyed by revision number; a revision missing from
 * `targetBps` gives up everything. Answers normalised ranges for every revision of `targetBps`, empty at 0.
 * Throws an Error when the targets do not sum to 10,000 or `previous` gives a bucket twice.
 */
export function allocateRanges(
  previous: ReadonlyMap<number, readonly BucketRange[]>,
  targetBps: ReadonlyMap<number, number>,
): Map<number, BucketRange[]> {
  const total = [...targetBps.values()].reduce((sum, bps) => sum + bps, 0);
  if (total !== BUCKETS) throw new Error(`Shares must sum to ${BUCKETS} basis points, not ${total}.`);
  const kept = new Map<number, BucketRange[]>();
  for (const [revision, bps] of targetBps) {
    kept.set(revision, takeLowest(normaliseRanges(previous.get(revision) ?? []), bps).taken);
  }
  let free = complement([...kept.values()].flat());
  // By number, so that the same change always gives the same cut.
  for (const revision of [...targetBps.keys()].sort((a, b) => a - b)) {
    const own = kept.get(revision) ?? [];
    const { taken, rest } = takeLowest(free, (targetBps.get(revision) ?? 0) - bucketsIn(own));
    kept.set(revision, normaliseRanges([...own, ...taken]));
    free = rest;
  }
  return kept;
}

export const bucketsIn = (ranges: readonly BucketRange[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from, 0);

/** Ascending, without empty ranges, touching ones joined. Throws an Error when two overlap. */
export function normaliseRanges(ranges: readonly BucketRange[]): BucketRange[] {
  const joined: BucketRange[] = [];
  for (const [from, to] of ranges.filter(([a, b]) => a < b).sort(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from < last[1]) throw new Error(`Bucket ${from} is given twice.`);
    if (last !== undefined && from === last[1]) joined[joined.length - 1] = [last[0], to];
    else joined.push([from, to]);
  }
  return joined;
}

function takeLowest(ranges: readonly BucketRange[], count: number): { taken: BucketRange[]; rest: BucketRange[] } {
  const taken: BucketRange[] = [];
  const rest: BucketRange[] = [];
  let wanted = count;
  for (const [from, to] of ranges) {
    const cut = Math.min(to, from + wanted);
    if (from < cut) taken.push([from, cut]);
    if (cut < to) rest.push([cut, to]);
    wanted -= cut - from;
  }
  return { taken, rest };
}

function complement(ranges: readonly BucketRange[]): BucketRange[] {
  const gaps: BucketRange[] = [];
  let next = 0;
  for (const [from, to] of normaliseRanges(ranges)) {
    if (next < from) gaps.push([next, from]);
    next = to;
  }
  if (next < BUCKETS) gaps.push([next, BUCKETS]);
  return gaps;
}
