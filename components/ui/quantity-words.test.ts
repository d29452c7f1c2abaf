import { expect, test } from "vitest";
import { bytesWords, latencyWords, rateWords, ratioWords } from "./quantity-words.ts";
import { runsOf } from "./sparkline.tsx";

test("what is not known is a dash and never a zero", () => {
  expect([rateWords(null), ratioWords(null), latencyWords(null), bytesWords(null)]).toEqual(["–", "–", "–", "–"]);
  expect([rateWords(0), ratioWords(0), latencyWords(0), bytesWords(0)]).toEqual(["0/s", "0 %", "0 ms", "0 B"]);
});

test("quantities keep two figures that matter and their unit", () => {
  expect([rateWords(12.34), rateWords(1_234.5), ratioWords(0.0411), latencyWords(41.2), latencyWords(1_240)]).toEqual([
    "12/s",
    "1235/s",
    "4.1 %",
    "41 ms",
    "1.2 s",
  ]);
  expect([rateWords(0.0004), rateWords(9_999), rateWords(12_480), rateWords(2.5e6)]).toEqual([
    "0.0004/s",
    "9999/s",
    "12.5k/s",
    "2.5M/s",
  ]);
  expect([bytesWords(340), bytesWords(1_258_291), bytesWords(3 * 1024 ** 3)]).toEqual(["340 B", "1.2 MiB", "3 GiB"]);
});

test("a line is not drawn across a gap", () => {
  expect(runsOf([null, 1, 2, null, 3, null])).toEqual([
    { from: 1, run: [1, 2] },
    { from: 4, run: [3] },
  ]);
});
