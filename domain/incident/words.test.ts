import { expect, test } from "vitest";
import { causeWords } from "./words.ts";

test("what broke is not told as if it were so now", () => {
  const cause = "v2 · r2 has 0 ready pods (target 1)";
  expect(causeWords({ cause, healthyAgainSince: null })).toBe(cause);
  expect(causeWords({ cause, healthyAgainSince: "2026-11-22T12:00:00.000Z" })).toBe(`healthy again; it was: ${cause}`);
});
