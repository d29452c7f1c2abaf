import { expect, test } from "vitest";
import { InferenceError, runErrorOf } from "./runtime-errors.ts";

const IN_GATHER = "Non-zero status code returned while running Gather node. Name:'embed' Status Message: ";

test.each([
  ["an index outside the table", `${IN_GATHER}indices element out of data bounds, idx=99`, true],
  ["no memory left in an operator", `${IN_GATHER}Failed to allocate memory for requested buffer of size 4`, false],
  ["a failure outside of operators", "the session is gone", false],
])("%s is an operator's refusal of its input: %j, %s", (_what, message, inOperator) => {
  const error = runErrorOf(new Error(message));
  expect(error).toBeInstanceOf(InferenceError);
  expect(error).toMatchObject({ inOperator });
});
