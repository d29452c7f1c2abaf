import { expect, test } from "vitest";
import { changeWords, latestOf, revisionsWords, sinceOf, versionsWords, withoutSince } from "./words.ts";

const entry = (revision: number, version: string, weightPercent: number, role: "live" | "shadow" = "live") => ({
  revision,
  model: "credit",
  version,
  role,
  weightPercent,
});

test("what answers is named by its versions, most traffic first; shadows and nothing are not named", () => {
  expect(versionsWords([entry(4, "7", 100), entry(5, "8", 0)])).toBe("v7");
  expect(versionsWords([entry(5, "8", 10), entry(4, "7", 90), entry(3, "6", 50, "shadow")])).toBe("v7 90 % · v8 10 %");
  expect(revisionsWords([entry(4, "7", 100)])).toBe("v7 · r4");
  expect(versionsWords([])).toBe("nothing");
});

test("an old value is not told as the newest", () => {
  expect(latestOf([1, 2, null])).toBe(2);
  expect(latestOf([1, null, null, null], 3)).toBeNull();
  expect(latestOf(undefined)).toBeNull();
});

test("a rollback says what it repeats", () => {
  expect(changeWords({ kind: "rollback", repeatsPlan: 38, entries: [] })).toBe("Rolled back to #38");
});

test("a moment in a sentence of the server's is told by the reader's clock and not twice", () => {
  const told = "Prometheus does not answer since 2026-11-22T20:36:34.387Z.";
  expect(withoutSince(told)).toBe("Prometheus does not answer.");
  expect(sinceOf(told)).toBe(Date.UTC(2026, 10, 22, 20, 36, 34, 387));
  expect(sinceOf("It is away.")).toBeNull();
});
