import { expect, test } from "vitest";
import { parseQuantity } from "./quantity.ts";

test.each([
  ["500m", 0.5],
  ["100m", 0.1],
  [".5", 0.5],
  ["1", 1],
  ["1.5", 1.5],
  ["1e3", 1000],
  ["2Gi", 2 ** 31],
  ["3M", 3e6],
  ["1E", 1e18],
  ["100n", 1e-7],
  [1.5, 1.5],
  ["1.5Gi", 1.5 * 2 ** 30],
  ["", null],
  ["Gi", null],
  ["1 Gi", null],
  [undefined, null],
  [{}, null],
])("the quantity %j is %s", (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});
