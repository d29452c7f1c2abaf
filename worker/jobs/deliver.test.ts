import { expect, test } from "vitest";
import { backoffOf } from "./deliver.ts";

test("ten attempts, each waiting twice as long as the one before, over some hours", () => {
  const waits = Array.from({ length: 10 }, (_, attempt) => backoffOf(attempt));
  expect(waits.slice(0, 3)).toEqual([15, 30, 60]);
  expect(waits.at(-1)).toBe(null);
  const hours = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0) / 3600;
  expect(hours).toBeGreaterThan(1);
  expect(hours).toBeLessThan(12);
});
