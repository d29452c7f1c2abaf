import { expect, test } from "vitest";
import { actionWords, differences } from "./words.ts";

test("only what differs is told, with what was and what is", () => {
  expect(differences({ role: "viewer", name: "Ada" }, { role: "operator", name: "Ada" })).toEqual([
    { field: "role", before: "viewer", after: "operator" },
  ]);
});

test("what was not there before, or is not there after, has no value and no zero", () => {
  expect(differences(null, { entries: [1] })).toEqual([{ field: "entries", before: null, after: "[1]" }]);
  expect(differences({ plan: null }, undefined)).toEqual([{ field: "plan", before: "null", after: null }]);
  expect(differences(null, null)).toEqual([]);
});

test("a verb without words of its own is still told", () => {
  expect(actionWords("endpoint.rollback")).toBe("rolled back");
  expect(actionWords("moon.land")).toBe("moon.land");
});
