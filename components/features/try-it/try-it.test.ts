import { expect, test } from "vitest";
import type { TensorSpec } from "#domain/shared/signature.ts";
import { topOf } from "./answers.ts";
import { readTable } from "./csv.ts";
import { defaultImage, settingsFrom } from "./image-settings.ts";
import { frameOfDrawing, imageTensor } from "./image-tensor.ts";
import { modesOf } from "./modes.ts";
import { exampleValues, readValue, requestOf, valueNames } from "./tensors.ts";

const spec = (shape: number[], datatype: TensorSpec["datatype"] = "FP32"): TensorSpec => ({
  name: "x",
  datatype,
  shape,
});
const signature = (...inputs: TensorSpec[]) => ({ inputs, outputs: [] });

test.each([
  ["a digit picture", [spec([1, 1, 28, 28])], ["image", "json"]],
  ["a colour picture with free batch, channels last", [spec([-1, 224, 224, 3])], ["image", "json"]],
  ["a digit in one row without its last pixels", [spec([-1, 780])], ["image", "table", "json"]],
  ["four features", [spec([-1, 4])], ["fields", "table", "json"]],
  ["three rows of four features", [spec([3, 4])], ["fields", "table", "json"]],
  ["three token inputs", [spec([-1, 128], "INT64"), spec([-1, 128], "INT64")], ["json"]],
  ["72 features, which make no square", [spec([-1, 72])], ["table", "json"]],
  ["100,000 features", [spec([-1, 99_000])], ["table", "json"]],
])("%s offers the ways that fit it", (_, inputs, modes) => {
  expect(modesOf(signature(...inputs))).toEqual(modes);
});

test("a signature that nobody could read leaves JSON", () => {
  expect(modesOf(null)).toEqual(["json"]);
});

test.each([
  ["1.5", "FP32", 1.5],
  ["-3", "INT64", -3],
  ["9007199254740993", "INT64", "9007199254740993"],
  ["+18446744073709551615", "UINT64", "18446744073709551615"],
  ["yes", "BOOL", true],
  ["a, b", "BYTES", "a, b"],
] as const)("%j is read as %s", (text, datatype, value) => {
  expect(readValue(text, datatype)).toEqual({ value, problem: null });
});

test.each([
  ["", "FP32"],
  ["1.5", "INT32"],
  ["-1", "UINT8"],
  ["maybe", "BOOL"],
  ["Infinity", "FP64"],
] as const)("%j is refused as %s with a sentence", (text, datatype) => {
  expect(readValue(text, datatype).problem).toMatch(/\.$/);
});

test("values have the names of their features and rows", () => {
  expect(valueNames(spec([2, 2]), ["age", "income"])).toEqual([
    "age, row 1",
    "income, row 1",
    "age, row 2",
    "income, row 2",
  ]);
  expect(valueNames(spec([1]), null)).toEqual(["x"]);
});

test("a request has the shape of the signature with free dimensions as one", () => {
  const request = requestOf(signature(spec([-1, 2])), [[1, 2]]);
  expect(request).toEqual({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] }] });
  expect(exampleValues(request, spec([-1, 2]))).toEqual([1, 2]);
  expect(exampleValues(request, spec([-1, 3]))).toBeNull();
});

test("a table may have a header, and a wrong line is named", () => {
  expect(readTable("a,b\n1,2\n3;4", spec([-1, 2])).rows).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(readTable("1,2\n3", spec([-1, 2])).problem).toContain("Row 2 has 1 values");
  expect(readTable("1,2\n3,x", spec([-1, 2])).problem).toContain("Row 2");
  expect(readTable("1,2", spec([3, 2])).problem).toContain("exactly 3 rows");
});

const flat4 = { ...(defaultImage(spec([-1, 64])) ?? fail()), scale: 1 / 255, width: 2, height: 2 };
function fail(): never {
  throw new Error("64 values are a picture");
}

test("a picture becomes values by layout, scale, mean and deviation", () => {
  const red = new Uint8ClampedArray([255, 0, 0, 255, 0, 0, 0, 255]);
  const colour = { ...flat4, width: 2, height: 1, channels: 3 as const };
  expect(imageTensor(red, { ...colour, layout: "NCHW" }, 6)).toEqual([1, 0, 0, 0, 0, 0]);
  expect(imageTensor(red, { ...colour, layout: "NHWC", mean: [0.5], deviation: [0.5] }, 6)).toEqual([
    1, -1, -1, -1, -1, -1,
  ]);
});

test("pixels in a row are bytes as they are, those of pictures are shares of 255", () => {
  expect(defaultImage(spec([-1, 784]))?.scale).toBe(1);
  expect(defaultImage(spec([1, 1, 28, 28]))?.scale).toBe(1 / 255);
});

test("transparent is white, inverted black, and a flat input may end before the picture does", () => {
  const clear = new Uint8ClampedArray(16);
  expect(imageTensor(clear, flat4, 3)).toEqual([1, 1, 1]);
  expect(imageTensor(clear, { ...flat4, invert: true }, 4)).toEqual([0, 0, 0, 0]);
});

test("settings of the version and of the last time win over the shape's, and nonsense is left out", () => {
  expect(settingsFrom(flat4, { mean: [0.5] }, { scale: 1 }, { width: -3 }, "x", null)).toMatchObject({
    mean: [0.5],
    scale: 1,
    width: 2,
  });
});

test("a drawing is framed around its centre of mass, and an empty one is none", () => {
  const side = 10;
  const bytes = new Uint8ClampedArray(side * side * 4);
  expect(frameOfDrawing(bytes, side)).toBeNull();
  for (const at of [0, 1, side, side + 1]) bytes[at * 4] = 255;
  const frame = frameOfDrawing(bytes, side);
  expect(frame?.size).toBeCloseTo(2.8);
  expect(frame?.x).toBeCloseTo(0.5 - 1.4);
});

test("the five greatest scores have their labels and shares", () => {
  const output = { name: "y", datatype: "FP32", shape: [1, 3], data: [0.1, 0.7, 0.2] };
  expect(topOf(output, ["a", "b", "c"])?.map(({ label, share }) => [label, share])).toEqual([
    ["b", 0.7],
    ["c", 0.2],
    ["a", 0.1],
  ]);
});

test("scores that are no probabilities get shares that sum to one, also huge ones", () => {
  const top = topOf({ name: "y", datatype: "FP32", shape: [1, 2], data: [1000, 999] }, null);
  expect(top?.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  expect(top?.[0]).toMatchObject({ label: "0", value: 1000 });
});

test.each([
  ["a label", { name: "y", datatype: "INT64", shape: [1], data: [7] }],
  ["boxes", { name: "y", datatype: "FP32", shape: [1, 4420, 4], data: [] }],
])("%s is no list of scores", (_, output) => {
  expect(topOf(output, null)).toBeNull();
});
