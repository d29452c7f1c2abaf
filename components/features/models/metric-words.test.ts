import { expect, test } from "vitest";
import { bestOf, deltaWords, lowerIsBetter, metricNames, metricWords } from "./metric-words.ts";

const versions = [
  { version: "3", metrics: { auc: 0.93, logloss: 0.31 } },
  { version: "2", metrics: { auc: 0.91, logloss: 0.29, f1: 0.7 } },
];

test("the best value is the greatest, and the least of a loss", () => {
  expect([bestOf(versions, "auc"), bestOf(versions, "logloss")]).toEqual([0.93, 0.29]);
});

test("a value without a rival is not called best, nor one that all have", () => {
  expect(bestOf(versions, "f1")).toBeNull();
  expect(bestOf([...versions, { version: "1", metrics: { f1: 0.7 } }], "f1")).toBeNull();
});

test.each(["val_loss", "RMSE", "error_rate", "latency_ms", "brier score"])("%s is better when lower", (name) => {
  expect(lowerIsBetter(name)).toBe(true);
});
test.each(["auc", "f1", "accuracy", "items"])("%s is better when higher", (name) => {
  expect(lowerIsBetter(name)).toBe(false);
});

test("metrics that most versions have come first", () => {
  expect(metricNames(versions)).toEqual(["auc", "logloss", "f1"]);
});

test("numbers and their distance are short, and a distance has its sign", () => {
  expect([metricWords(0.9132456), metricWords(1e-9), deltaWords(0.93, 0.91), deltaWords(0.29, 0.31)]).toEqual([
    "0.91325",
    "1.000e-9",
    "+0.02",
    "−0.02",
  ]);
  expect(deltaWords(0.5, 0.5)).toBe("±0");
});
