import { expect, test } from "vitest";
import { ApiError } from "../store/errors.ts";
import { jsonPatch } from "./json-patch.ts";

const codeOf = (patch: unknown): number | undefined => {
  try {
    jsonPatch({ data: { a: "x".repeat(1_000) } }, patch);
    return undefined;
  } catch (error) {
    return error instanceof ApiError ? error.code : -1;
  }
};
const copyOfAll = (_: unknown, index: number) => ({ op: "copy", from: "/data", path: `/data/b${index}` });

test("a patch that doubles an object again and again is refused before it fills the memory", () => {
  expect(codeOf(Array.from({ length: 60 }, copyOfAll))).toBe(422);
  expect(codeOf(Array.from({ length: 3 }, copyOfAll))).toBeUndefined();
});

test("a patch of more steps than a genuine server takes is too large", () => {
  expect(codeOf(Array.from({ length: 10_001 }, () => ({ op: "test", path: "/data/a", value: "" })))).toBe(413);
});

test("no step reaches the prototype of all objects", () => {
  expect(codeOf([{ op: "add", path: "/__proto__/polluted", value: 1 }])).toBe(422);
  expect(codeOf([{ op: "add", path: "/constructor/prototype/polluted", value: 1 }])).toBe(422);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
