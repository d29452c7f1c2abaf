import { expect, test } from "vitest";
import { changeWords, revisionsWords, versionsWords } from "./plan-words.ts";

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

test("two revisions of one version do not read alike", () => {
  const both = [entry(1, "1", 50), entry(2, "2", 0), entry(3, "1", 50)];
  expect(versionsWords(both)).toBe("v1 · r1 50 % · v1 · r3 50 %");
});

test("a rollback says what it repeats", () => {
  expect(changeWords({ kind: "rollback", repeatsPlan: 38, entries: [] })).toBe("Rolled back to #38");
});

test("plans of two models name the model, also where only one of them answers", () => {
  const net = { ...entry(2, "1", 10), model: "credit-net" };
  expect(versionsWords([entry(1, "1", 90), net])).toBe("credit v1 90 % · credit-net v1 10 %");
  expect(versionsWords([entry(1, "1", 100)], [net])).toBe("credit v1");
  expect(revisionsWords([entry(1, "1", 100)], [net])).toBe("credit v1 · r1");
});
