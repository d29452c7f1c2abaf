import { expect, it } from "vitest";
import { createFailureLog } from "./failure-log.ts";

it("A version that fails every prediction says why once a second, and how many it left out", () => {
  const lines: unknown[] = [];
  let nowMs = 0;
  const tell = createFailureLog(
    (_level, _msg, { error, unsaid }) => lines.push([error, unsaid]),
    () => nowMs,
  );
  for (; nowMs < 2_500; nowMs += 100) tell({ status: 500, error: `at ${nowMs}`, requestId: "r" });
  expect(lines).toEqual([
    ["at 0", 0],
    ["at 1000", 9],
    ["at 2000", 9],
  ]);
});
