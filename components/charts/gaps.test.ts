import { expect, test } from "vitest";
import { bytesWords } from "#components/ui/quantity-words.ts";
import { gapsOf, isLone, knownAt, logTicksFor, spread, ticksFor, widestBetween } from "./gaps.ts";

const asked = { fromMs: 0, toMs: 100 };

test("a gap reaches from the last known moment to the next, at the ends too, and is never a value", () => {
  const times = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
  const known = times.map((at) => at >= 20 && at !== 50 && at !== 60 && at < 90);
  expect(gapsOf(times, known, asked, 10, 15)).toEqual([
    { fromMs: 0, toMs: 20 },
    { fromMs: 40, toMs: 70 },
    { fromMs: 80, toMs: 100 },
  ]);
});

test("without any value all of it is a gap; what is only not there yet is none", () => {
  expect(gapsOf([0, 10], [false, false], asked, 10, 15)).toEqual([asked]);
  expect(gapsOf([0, 50, 90], [true, true, true], asked, 50, 15)).toEqual([]);
});

test("a value between two gaps is alone, one with a neighbour is not", () => {
  expect([null, 1, null, 2, 3].map((_, index, values) => isLone(values, index))).toEqual([
    false,
    true,
    false,
    false,
    false,
  ]);
});

test("an axis begins at zero, holds the highest value and has round steps", () => {
  expect(ticksFor(0)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(ticksFor(7.3)).toEqual([0, 2, 4, 6, 8]);
  expect(ticksFor(0.041)).toEqual([0, 0.02, 0.04, 0.06, 0.08]);
  expect(logTicksFor(3, 240)).toEqual([1, 10, 100, 1000]);
  for (const highest of [1e-9, 0.004, 0.999, 1, 37, 99_999, 3e12]) {
    const ticks = ticksFor(highest);
    expect(ticks[0]).toBe(0);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest * 0.999);
  }
});

test("an axis of bytes is round in one unit and never counts parts of a byte", () => {
  const words = (highest: number) => ticksFor(highest, "binary").map((bytes) => bytesWords(bytes));
  expect(words(300 * 1024 ** 2)).toEqual(["0 B", "100 MiB", "200 MiB", "300 MiB", "400 MiB"]);
  expect(words(1_010 * 1024 ** 2)).toEqual(["0 B", "256 MiB", "512 MiB", "768 MiB", "1 GiB"]);
  expect(words(3)).toEqual(["0 B", "1 B", "2 B", "3 B", "4 B"]);
  expect(words(0.25)).toEqual(["0 B", "1 B", "2 B", "3 B", "4 B"]);
  expect(words(70 * 1024 ** 4)).toEqual(["0 B", "20 TiB", "40 TiB", "60 TiB", "80 TiB"]);
});

test("an axis of things that come whole counts no parts of them", () => {
  expect(ticksFor(0, "whole")).toEqual([0, 1, 2, 3, 4]);
  expect(ticksFor(3, "whole")).toEqual([0, 1, 2, 3, 4]);
  expect(ticksFor(9, "whole")).toEqual([0, 3, 6, 9, 12]);
  expect(ticksFor(230, "whole")).toEqual([0, 100, 200, 300, 400]);
});

test("what somebody watched is no gap, whether or not a line has a value there", () => {
  const times = [0, 10, 20, 30, 40, 50];
  const lines = [{ values: [1, null, null, null, 2, 3] }, { values: [1] }];
  const watched = [true, true, true, false, false, false];
  expect(knownAt(times, lines, watched)).toEqual([true, true, true, false, true, true]);
  expect(gapsOf(times, knownAt(times, lines, watched), { fromMs: 0, toMs: 50 }, 10, 15)).toEqual([
    { fromMs: 20, toMs: 40 },
  ]);
});

test("what is said of silence stands in the widest stretch that is no gap", () => {
  expect(widestBetween([], asked)).toEqual(asked);
  expect(
    widestBetween(
      [
        { fromMs: 0, toMs: 20 },
        { fromMs: 40, toMs: 50 },
      ],
      asked,
    ),
  ).toEqual({ fromMs: 50, toMs: 100 });
  expect(widestBetween([asked], asked)).toBeNull();
});

test("labels at line ends do not cover each other, keep their order and stay inside", () => {
  expect(spread([10, 12, 50], 14, 0, 100)).toEqual([10, 24, 50]);
  expect(spread([98, 97], 14, 0, 100)).toEqual([100, 86]);
});
