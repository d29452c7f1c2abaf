import { expect, it } from "vitest";
import { randomFrom } from "./random.ts";
import { dayShare, waitMs } from "./rate.ts";

const at = (hours: number, minutes = 0) => new Date(2026, 5, 1, hours, minutes);
const meanOver = (hours: number) =>
  Array.from({ length: 60 }, (_, minute) => dayShare(at(hours, minute))).reduce((sum, share) => sum + share, 0) / 60;

it("afternoons are busier than nights, no hour is silent and none asks for more than the busiest", () => {
  expect(meanOver(15)).toBeGreaterThan(meanOver(3) * 1.7);
  for (let hour = 0; hour < 24; hour += 1)
    for (let minute = 0; minute < 60; minute += 1) {
      expect(dayShare(at(hour, minute))).toBeGreaterThan(0.35);
      expect(dayShare(at(hour, minute))).toBeLessThan(1.01);
    }
});

it("requests come as often as asked on average, independently of one another", () => {
  const random = randomFrom(5);
  const waits = Array.from({ length: 20_000 }, () => waitMs(25, random.next()));
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  const deviation = Math.sqrt(waits.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / waits.length);
  expect(mean).toBeGreaterThan(39);
  expect(mean).toBeLessThan(41);
  // Of an exponential wait, the deviation is the mean.
  expect(deviation / mean).toBeGreaterThan(0.97);
  expect(deviation / mean).toBeLessThan(1.03);
});
