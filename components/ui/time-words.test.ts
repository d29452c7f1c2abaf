import { expect, test } from "vitest";
import { agoWords, clockWords, durationWords, exactWords, offsetWords, secondWords } from "./time-words.ts";

test("a duration is said in one unit, rounded down and never below zero", () => {
  expect([-5, 999, 42_000, 59_999, 60_000, 3_599_000, 3_600_000, 90_000_000].map(durationWords)).toEqual([
    "0 s",
    "0 s",
    "42 s",
    "59 s",
    "1 min",
    "59 min",
    "1 h",
    "1 d",
  ]);
});

test("a clock that runs behind the server's never says a time to come", () => {
  const now = new Date("2026-05-09T10:00:00Z");
  expect(agoWords(new Date("2026-05-09T10:00:30Z"), now)).toBe("just now");
});

test("a time names its day only when it was another day, and its year only when it was another year", () => {
  const now = new Date(2026, 4, 9, 10, 0);
  expect(clockWords(new Date(2026, 4, 9, 2, 51), now)).toBe("02:51");
  expect(clockWords(new Date(2026, 4, 3, 2, 51), now)).toBe("3 May 02:51");
  expect(clockWords(new Date(2025, 11, 31, 23, 5), now)).toBe("31 Dec 2025 23:05");
});

test("an exact time has its seconds, and its whole date beside it", () => {
  const at = new Date(2026, 4, 3, 2, 51, 9);
  expect(secondWords(at)).toBe("02:51:09");
  expect(exactWords(at)).toBe("03/05/2026, 02:51:09");
});

test("a zone is told by its distance from UTC, half hours and the west included", () => {
  expect([0, 60, 330, -210].map(offsetWords)).toEqual(["UTC", "UTC+01:00", "UTC+05:30", "UTC-03:30"]);
});
