import { expect, test } from "vitest";
import { latestOf, sinceOf, withoutSince } from "./words.ts";

test("an old value is not told as the newest", () => {
  expect(latestOf([1, 2, null])).toBe(2);
  expect(latestOf([1, null, null, null], 3)).toBeNull();
  expect(latestOf(undefined)).toBeNull();
});

test("a moment in a sentence of the server's is told by the reader's clock and not twice", () => {
  const told = "Prometheus does not answer since 2026-11-22T20:36:34.387Z.";
  expect(withoutSince(told)).toBe("Prometheus does not answer.");
  expect(sinceOf(told)).toBe(Date.UTC(2026, 10, 22, 20, 36, 34, 387));
  expect(sinceOf("It is away.")).toBeNull();
});
