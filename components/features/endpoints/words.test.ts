import { expect, test } from "vitest";
import { latestOf } from "./words.ts";

test("an old value is not told as the newest", () => {
  expect(latestOf([1, 2, null])).toBe(2);
  expect(latestOf([1, null, null, null], 3)).toBeNull();
  expect(latestOf(undefined)).toBeNull();
});
