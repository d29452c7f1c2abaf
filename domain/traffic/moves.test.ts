import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateRanges } from "./allocate.ts";
import { movesBetween } from "./moves.ts";
import { BUCKETS } from "./wire.ts";

const sharesOf = (weights: readonly number[]) => {
  const sum = weights.reduce((a, b) => a + b, 0);
  const bps = weights.map((weight) => Math.floor((weight * BUCKETS) / sum));
  bps[0] = (bps[0] ?? 0) + BUCKETS - bps.reduce((a, b) => a + b, 0);
  return new Map(bps.map((share, index) => [index + 1, share]));
};

test("80/10/10 to 60/20/20 moves 10 percent from the first to each of the others", () => {
  const before = allocateRanges(new Map(), sharesOf([80, 10, 10]));
  const after = allocateRanges(before, sharesOf([60, 20, 20]));
  expect(movesBetween(before, after)).toEqual([
    { from: 1, to: 2, percent: 10 },
    { from: 1, to: 3, percent: 10 },
  ]);
});

test("what moves is half of what the shares changed by, and nothing moves to where it was", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(weights, weights, (a, b) => {
      const [before, target] = [allocateRanges(new Map(), sharesOf(a)), sharesOf(b)];
      const moves = movesBetween(before, allocateRanges(before, target));
      const changed = [...sharesOf(a)].reduce(
        (sum, [revision, bps]) => sum + Math.abs(bps - (target.get(revision) ?? 0)),
        0,
      );
      expect(moves.reduce((sum, move) => sum + move.percent, 0)).toBeCloseTo((changed / 2) * (100 / BUCKETS), 6);
      expect(moves.every(({ from, to }) => from !== to)).toBe(true);
    }),
  );
});
