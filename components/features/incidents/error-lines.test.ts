import { expect, test } from "vitest";
import { errorLines } from "./error-lines.ts";

test("the last lines that tell of an error, by level where there is one and else by words", () => {
  const log = [
    '{"level":"info","msg":"no error so far"}',
    '{"level":"error","msg":"inference failed"}',
    '{"level":30,"msg":"fine"}',
    '{"level":50,"msg":"bad"}',
    "Traceback (most recent call last):",
    "all well",
    "{ not JSON, but an error }",
    "",
  ].join("\n");
  expect(errorLines(log, 10)).toEqual([
    '{"level":"error","msg":"inference failed"}',
    '{"level":50,"msg":"bad"}',
    "Traceback (most recent call last):",
    "{ not JSON, but an error }",
  ]);
  expect(errorLines(log, 1)).toEqual(["{ not JSON, but an error }"]);
});

test("a line without end is cut, and a quiet log tells nothing", () => {
  expect(errorLines(`error ${"x".repeat(1_000)}`, 5)[0]).toHaveLength(401);
  expect(errorLines("ready\nlistening", 5)).toEqual([]);
});
