import { expect, test } from "vitest";
import { gapWords } from "./time-axis.ts";

/** By the reader's clock; the third of May unless said. */
const at = (hour: number, minute: number, second = 0, day = 3) =>
  new Date(2026, 4, day, hour, minute, second).getTime();
const words = (fromMs: number, toMs: number, spanHours: number) =>
  gapWords({ fromMs, toMs }, { fromMs: toMs - spanHours * 3_600_000, toMs });

test("a gap says from when to when, and never one time twice", () => {
  expect(words(at(2, 10), at(2, 14), 1)).toBe("no data 02:10–02:14");
  expect(words(at(2, 10, 5), at(2, 10, 50), 1)).toBe("no data 02:10:05–02:10:50");
});

test("a gap that reaches into another day names both, also where the clock reads the same", () => {
  expect(words(at(21, 28, 0, 2), at(21, 28), 24)).toBe("no data 2 May 21:28–3 May 21:28");
  expect(words(at(23, 58, 0, 2), at(0, 3), 1)).toBe("no data 2 May 23:58–3 May 00:03");
});

test("over a week days are enough, but for a gap within one", () => {
  expect(words(at(6, 0, 0, 1), at(9, 30), 168)).toBe("no data 1 May–3 May");
  expect(words(at(6, 0), at(9, 30), 168)).toBe("no data 3 May 06:00–09:30");
  expect(words(at(6, 0, 1), at(6, 0, 31), 168)).toBe("no data 3 May 06:00:01–06:00:31");
});
