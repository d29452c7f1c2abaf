import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { loans } from "./credit.ts";
import { drawings } from "./digits.ts";
import { type Examples, predict } from "./network.ts";
import { type Trained, trainDigits, trainLogistic, trainSmallNetwork } from "./recipes.ts";

const SIZES = { train: 1_000, holdOut: 200 };
const ROWS = 100;

/** The largest distance between onnxruntime's answers for a batch and our own for each row. */
async function distance({ file, network }: Trained, examples: Examples, input: string, shape: number[]) {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  expect(session.inputNames).toEqual([input]);
  expect(session.outputNames).toEqual(["probabilities"]);
  const { probabilities } = await session.run({ [input]: new Tensor("float32", examples.rows, [ROWS, ...shape]) });
  const theirs = probabilities?.data as Float32Array;
  const ours = Array.from(examples.classes, (_, row) => [
    ...predict(network, examples.rows.subarray(row * examples.width, (row + 1) * examples.width)),
  ]).flat();
  expect(theirs.length).toBe(ours.length);
  await session.release();
  return Math.max(...ours.map((value, index) => Math.abs(value - (theirs[index] ?? Number.NaN))));
}

describe("onnxruntime answers what we do, from raw values, within 1e-5", () => {
  it("for the logistic regression", async () => {
    expect(await distance(trainLogistic(SIZES), loans(ROWS, 9), "applicant", [10])).toBeLessThan(1e-5);
  });
  it("for the network", async () => {
    expect(await distance(trainSmallNetwork(SIZES), loans(ROWS, 9), "applicant", [10])).toBeLessThan(1e-5);
  });
  it("for the digits", async () => {
    const trained = trainDigits({ train: 500, holdOut: 100 });
    expect(await distance(trained, drawings(ROWS, 9), "image", [1, 28, 28])).toBeLessThan(1e-5);
  });
});
