import { expect, test } from "vitest";
import { parseNames, parseNumbers } from "./numbers.ts";

test("metrics are read as people write them, one per line", () => {
  const text = "auc = 0.91\nlog loss: 0.3\n\n f1\t-1e-3 ";
  expect(parseNumbers(text)).toEqual({ values: { auc: 0.91, "log loss": 0.3, f1: -0.001 }, problem: null });
});

test.each(["auc", "auc = good", "= 3", "auc = Infinity"])("%j is refused by name and nothing is guessed", (line) => {
  const { values, problem } = parseNumbers(`ok = 1\n${line}`);
  expect(values).toEqual({});
  expect(problem).toContain(line);
});

test("a name that comes twice is refused: nobody knows which number was meant", () => {
  expect(parseNumbers("auc = 0.91\nf1 = 0.8\nauc: 0.85")).toEqual({ values: {}, problem: '"auc" is there twice.' });
  expect(parseNumbers("constructor = 1")).toEqual({ values: { constructor: 1 }, problem: null });
});

test("names come in lines or by commas, and none is no list", () => {
  expect(parseNames("cat, dog\nhorse,")).toEqual(["cat", "dog", "horse"]);
  expect(parseNames(" \n")).toBeUndefined();
});
