import { expect, test } from "vitest";
import type { TensorSpec } from "#domain/shared/signature.ts";
import { labelsMisfit } from "./labels.ts";

const scores = (...shape: number[]): TensorSpec => ({ name: "scores", datatype: "FP32", shape });
const label: TensorSpec = { name: "label", datatype: "INT64", shape: [-1] };

test("labels that are more or fewer than every output's scores are told, with both numbers", () => {
  expect(labelsMisfit(3, [scores(-1, 10)])).toBe(
    "3 labels do not fit what the model answers: 10 values in scores per row.",
  );
  expect(labelsMisfit(1, [scores(1, 2)])).toContain("1 label does not fit");
  expect(labelsMisfit(3, [scores(-1, 10), { ...scores(-1, 128), name: "embedding" }])).toContain(
    "128 values in embedding",
  );
});

test.each([
  ["as many scores", [scores(-1, 3)]],
  ["as many scores in one of several outputs", [scores(-1, 128), scores(-1, 3)]],
  ["a free dimension", [scores(-1, -1)]],
  ["one score, as of yes or no", [scores(-1, 1)]],
  ["a label beside its scores, or a class beside its box", [label, scores(-1, 4)]],
  ["a label alone", [label]],
  ["pixels", [scores(1, 21, 512, 512)]],
  ["a row without a batch, or a batch of single values", [scores(4)]],
  ["no output that is known", []],
])("what may fit is not refused: %s", (_, outputs) => {
  expect(labelsMisfit(3, outputs)).toBeNull();
});
