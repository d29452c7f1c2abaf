import fc from "fast-check";
import { expect, test } from "vitest";
import { type TrafficEntry, trafficEntrySchema } from "./schema.ts";
import { checkEntries, toBps, toPercent } from "./weights.ts";

const live = (revision: number, weightPercent: number): TrafficEntry => ({ revision, weightPercent, role: "live" });
const known = new Set([1, 2, 3]);
const messages = (entries: TrafficEntry[]) => checkEntries(entries, known).map((error) => error.message);

test("any split of 10,000 basis points, written in percent, is taken as exactly 100", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 20 }), (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), 10_000];
      const shares = edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0));
      const entries = shares.map((bps, index) => trafficEntrySchema.parse(live(index + 1, toPercent(bps))));
      expect(entries.map((entry) => toBps(entry.weightPercent))).toEqual(shares);
      expect(checkEntries(entries, new Set(entries.map((entry) => entry.revision)))).toEqual([]);
    }),
  );
});

test("a weight finer than 0.01 percent is refused", () => {
  expect(trafficEntrySchema.safeParse(live(1, 33.333)).success).toBe(false);
  expect(trafficEntrySchema.safeParse(live(1, 0.005)).success).toBe(false);
  expect(trafficEntrySchema.safeParse(live(1, 0.01)).success).toBe(true);
});

test("live weights that do not sum to 100 are refused with their sum", () => {
  expect(messages([live(1, 80), live(2, 10)])).toEqual(["the live weights sum to 90 %, not to 100 %"]);
  expect(messages([live(1, 99.99)])).toEqual(["the live weights sum to 99.99 %, not to 100 %"]);
});

test("a shadow's weight stands outside the sum", () => {
  expect(messages([live(1, 100), { revision: 2, weightPercent: 30, role: "shadow" }])).toEqual([]);
  expect(messages([{ revision: 2, weightPercent: 100, role: "shadow" }])).toHaveLength(1);
});

test("a revision twice, or one that does not exist, is refused by its place", () => {
  expect(checkEntries([live(1, 50), live(1, 50)], known)).toEqual([
    { path: "entries.1.revision", message: "revision 1 is named twice" },
  ]);
  expect(checkEntries([live(9, 100)], known)).toEqual([
    { path: "entries.0.revision", message: "this endpoint has no revision 9" },
  ]);
});
