import { bucketsIn, normaliseRanges } from "#domain/traffic/allocate.ts";
import { BUCKETS, type BucketRange } from "#domain/traffic/wire.ts";

export type Move = Readonly<{ from: number; to: number; percent: number }>;

type Shares = ReadonlyMap<number, readonly BucketRange[]>;

/** Which share of all units leaves which revision for which, largest first. Buckets that nobody had are no move. */
export function movesBetween(before: Shares, after: Shares): Move[] {
  const moves: Move[] = [];
  for (const [from, had] of before)
    for (const [to, has] of after) {
      if (from === to) continue;
      const buckets = bucketsIn(overlap(normaliseRanges(had), normaliseRanges(has)));
      if (buckets > 0) moves.push({ from, to, percent: (buckets * 100) / BUCKETS });
    }
  return moves.sort((a, b) => b.percent - a.percent || a.from - b.from || a.to - b.to);
}

const overlap = (a: readonly BucketRange[], b: readonly BucketRange[]): BucketRange[] =>
  a.flatMap(([from, to]) =>
    b.flatMap(([start, end]): BucketRange[] => {
      const cut: BucketRange = [Math.max(from, start), Math.min(to, end)];
      return cut[0] < cut[1] ? [cut] : [];
    }),
  );
