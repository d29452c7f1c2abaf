import { expect, test } from "vitest";
import { latestOf, refusedWords } from "./words.ts";

test("an old value is not told as the newest", () => {
  expect(latestOf([1, 2, null])).toBe(2);
  expect(latestOf([1, null, null, null], 3)).toBeNull();
  expect(latestOf(undefined)).toBeNull();
});

test("what a revision refuses is told beside its errors from one in a hundred on", () => {
  expect(refusedWords(1)).toBe(" · 100 % refused");
  expect(refusedWords(0.01)).toBe(" · 1 % refused");
  expect(refusedWords(0.009)).toBe("");
  expect(refusedWords(null)).toBe("");
});
