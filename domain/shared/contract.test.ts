import { expect, test } from "vitest";
import { contractDifferences } from "./contract.ts";
import type { Signature } from "./signature.ts";

const side = (name: string, shape: number[], datatype: "FP32" | "INT64" = "FP32") => ({ name, datatype, shape });
const known: Signature = { inputs: [side("x", [-1, 4])], outputs: [side("y", [-1, 1])] };
const against = (over: Partial<Signature>) => contractDifferences(known, { ...known, ...over });

test("the same inputs and outputs are no difference, nor is one more output or a freer dimension", () => {
  expect(against({})).toEqual([]);
  expect(against({ outputs: [...known.outputs, side("z", [1])] })).toEqual([]);
  expect(contractDifferences({ ...known, inputs: [side("x", [1, 4])] }, known)).toEqual([]);
});

test("what callers would stumble over is named", () => {
  expect(against({ inputs: [side("x", [-1, 5])] })).toEqual(['input "x" has shape [-1, 5], not [-1, 4]']);
  expect(against({ inputs: [side("x", [-1, 4], "INT64")] })).toEqual(['input "x" is INT64, not FP32']);
  expect(against({ inputs: [...known.inputs, side("w", [1])] })).toEqual(['input "w" is new']);
  expect(against({ outputs: [] })).toEqual(['output "y" is gone']);
  expect(against({ inputs: [side("x", [1, 4])] })).toEqual(['input "x" has shape [1, 4], not [-1, 4]']);
});
