import { expect, test } from "vitest";
import { readRequest } from "./request-text.ts";

test.each([
  ["", "Enter a request."],
  ['{"inputs": [', "This is not JSON yet."],
  ['{"rows": []}', 'A request is an object with "inputs".'],
  [
    '{"inputs": [{"name": "x", "datatype": "FP64", "shape": [1], "data": [1e999]}]}',
    "A number in it is too large to be one.",
  ],
])("%s is not sent", (text, problem) => {
  expect(readRequest(text)).toEqual({ request: null, problem });
});

test("a request is sent as it was typed", () => {
  const request = { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [1e30] }] };
  expect(readRequest(JSON.stringify(request))).toEqual({ request, problem: null });
});
