import { expect, test } from "vitest";
import { type Compared, linesOf } from "./comparison.ts";

const version = (given: Partial<Compared>) =>
  ({
    version: "1",
    status: "ready",
    artifact: `sha256:${"a".repeat(64)}`,
    sizeBytes: 2_048,
    signature: { inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }], outputs: [] },
    metrics: {},
    params: {},
    source: null,
    aliases: [],
    createdBy: "ann",
    ...given,
  }) as unknown as Compared;

const told = (older: Partial<Compared>, newer: Partial<Compared>) =>
  linesOf(version(older), version({ version: "2", ...newer }), [
    { endpoint: "credit", version: "2", role: "live", weightPercent: 12.5 },
  ]).filter(({ isSame }) => !isSame);

test("what is alike in both is not told as a difference", () => {
  expect(told({}, {})).toEqual([
    { what: "Live", before: "–", after: "credit 12.5 %", change: "", isSame: false, better: null },
  ]);
});

test("a metric is told with its change and which is better, by what the metric is", () => {
  const lines = told({ metrics: { auc: 0.9, loss: 0.3, old: 1 } }, { metrics: { auc: 0.93, loss: 0.35 } });
  expect(lines.slice(1).map(({ what, change, better }) => [what, change, better])).toEqual([
    ["auc", "+0.03", "after"],
    ["loss", "+0.05", "before"],
    ["old", "", null],
  ]);
});

test("size, parameters and the signature are told in words", () => {
  const signature = { inputs: [{ name: "x", datatype: "FP32" as const, shape: [-1, 5] }], outputs: [] };
  const lines = told({ params: { depth: 3 } }, { sizeBytes: 3_072, params: { depth: 4, seed: "a" }, signature });
  expect(lines.slice(1).map(({ what, before, after, change }) => [what, before, after, change])).toEqual([
    ["Inputs", "x FP32 [-1, 4]", "x FP32 [-1, 5]", ""],
    ["Size", "2 KiB", "3 KiB", "+50 %"],
    ["depth", "3", "4", ""],
    ["seed", "–", "a", ""],
  ]);
});
