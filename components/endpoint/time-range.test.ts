import { expect, test } from "vitest";
import { RANGES, rangeAt, refreshMs } from "./time-range.ts";

const none = { from: null, to: null };

test("a relative range ends at a whole step, so that asking again a second later gives the same points", () => {
  const first = rangeAt("1h", none, 1_000_000_000);
  expect(first).toEqual({ fromSeconds: 996_400, toSeconds: 1_000_000, stepSeconds: 20 });
  expect(rangeAt("1h", none, 1_000_001_000)).toEqual(first);
  expect(rangeAt("7d", none, 1_000_000_000).stepSeconds).toBe(3_360);
});

test("no range ends more than two minutes ago, nor is asked for later than that", () => {
  for (const name of RANGES)
    for (const nowMs of [1_000_000_000, 1_003_359_000, 1_003_361_000]) {
      const asked = rangeAt(name, none, nowMs);
      expect(nowMs / 1_000 - asked.toSeconds).toBeLessThan(120);
      expect(refreshMs(asked, null, false)).toBeLessThanOrEqual(120_000);
    }
});

test("what lies in the past is asked for until it is answered, and then no more", () => {
  const past = new Date(1_500_000);
  const asked = rangeAt("15m", { from: new Date(600_000), to: past }, 9_000_000);
  expect(refreshMs(asked, past, true)).toBe(10_000);
  expect(refreshMs(asked, past, false)).toBe(false);
});

test("from and to win when they make a range, and are ignored when they do not", () => {
  const from = new Date(600_000);
  expect(rangeAt("15m", { from, to: new Date(1_500_000) }, 9_000_000)).toEqual({
    fromSeconds: 600,
    toSeconds: 1_500,
    stepSeconds: 5,
  });
  expect(rangeAt("15m", { from, to: new Date(1_000) }, 9_000_000).toSeconds).toBe(9_000);
});
