import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateRanges, bucketsIn, normaliseRanges } from "./allocate.ts";
import { BUCKETS, type BucketRange } from "./wire.ts";

const revisions = [1, 2, 3, 4, 5];

/** Shares of up to five revisions that sum to 10,000; some may be 0, some absent. */
const targets = fc
  .tuple(
    fc.subarray(revisions, { minLength: 1 }),
    fc.array(fc.integer({ min: 0, max: BUCKETS }), { minLength: 4, maxLength: 4 }),
  )
  .map(([chosen, cuts]) => {
    const edges = [
      0,
      ...cuts
        .slice(0, chosen.length - 1)
        .sort((a, b) => a - b)
        .concat(BUCKETS),
    ];
    return new Map(chosen.map((revision, i) => [revision, (edges[i + 1] ?? BUCKETS) - (edges[i] ?? 0)] as const));
  });

/** The revision that has each bucket, 0 where none; throws when two have it. */
const owners = (allocation: ReadonlyMap<number, readonly BucketRange[]>) => {
  const owner = new Uint8Array(BUCKETS);
  for (const [revision, ranges] of allocation)
    for (const [from, to] of ranges)
      for (let bucket = from; bucket < to; bucket++) {
        if (owner[bucket] !== 0) throw new Error(`bucket ${bucket} has two owners`);
        owner[bucket] = revision;
      }
  return owner;
};

const history = fc.array(targets, { minLength: 2, maxLength: 5 });

test("every bucket has one owner and every revision exactly its share, in normal form", () => {
  fc.assert(
    fc.property(history, (steps) => {
      let allocation = new Map<number, BucketRange[]>();
      for (const step of steps) {
        allocation = allocateRanges(allocation, step);
        expect(owners(allocation).includes(0)).toBe(false);
        for (const [revision, bps] of step) {
          const ranges = allocation.get(revision) ?? [];
          expect(bucketsIn(ranges)).toBe(bps);
          expect(ranges).toEqual(normaliseRanges(ranges));
        }
        expect([...allocation.keys()]).toEqual([...step.keys()]);
      }
    }),
    { numRuns: 60 },
  );
});

test("no more buckets move than the shares differ, none leaves a growing revision, the highest leave a shrinking one", () => {
  fc.assert(
    fc.property(history, (steps) => {
      let allocation = allocateRanges(new Map(), steps[0] ?? new Map());
      let shares: ReadonlyMap<number, number> = steps[0] ?? new Map();
      for (const step of steps.slice(1)) {
        const next = allocateRanges(allocation, step);
        const [before, after] = [owners(allocation), owners(next)];
        const left = revisions.map(() => [] as number[]);
        const stayed = revisions.map(() => [] as number[]);
        before.forEach((owner, bucket) => {
          (after[bucket] === owner ? stayed : left)[owner - 1]?.push(bucket);
        });
        const delta = revisions.map((revision) => (step.get(revision) ?? 0) - (shares.get(revision) ?? 0));
        expect(left.flat()).toHaveLength(delta.reduce((sum, d) => sum + Math.abs(d), 0) / 2);
        revisions.forEach((_, i) => {
          if ((delta[i] ?? 0) >= 0) expect(left[i]).toEqual([]);
          expect(left[i]?.[0] ?? BUCKETS).toBeGreaterThan(stayed[i]?.at(-1) ?? -1);
        });
        [allocation, shares] = [next, step];
      }
    }),
    { numRuns: 40 },
  );
});

test("80/10/10 to 60/20/20 moves exactly 2,000 buckets", () => {
  const before = allocateRanges(
    new Map(),
    new Map([
      [1, 8_000],
      [2, 1_000],
      [3, 1_000],
    ]),
  );
  const after = allocateRanges(
    before,
    new Map([
      [1, 6_000],
      [2, 2_000],
      [3, 2_000],
    ]),
  );
  const old = owners(before);
  expect(owners(after).filter((owner, bucket) => owner !== old[bucket])).toHaveLength(2_000);
});

test("shares that do not sum to the whole, and a bucket given twice, are refused", () => {
  expect(() => allocateRanges(new Map(), new Map([[1, 9_000]]))).toThrow("9000");
  expect(() =>
    allocateRanges(
      new Map([
        [
          1,
          [
            [0, 10],
            [5, 20],
          ],
        ],
      ]),
      new Map([[1, BUCKETS]]),
    ),
  ).toThrow("twice");
});
