import { expect, test } from "vitest";
import { isPastFirstSteps } from "./first-steps.ts";

type Seen = Parameters<typeof isPastFirstSteps>[0];
type Change = Seen["recentChanges"][number];

const change = (number: number, at: string, ...weights: number[]): Change => ({
  number,
  decidedAt: `2026-05-09T${at}:00.000Z`,
  entries: weights.map((weightPercent) => ({ role: "live", weightPercent })) as unknown as Change["entries"],
});
const seen = (requests: (number | null)[] | null, ...recentChanges: Change[]): Seen => ({
  total: 1,
  timestamps: requests === null ? [] : ["2026-05-09T02:00:00.000Z", "2026-05-09T03:00:00.000Z"],
  endpoints: [{ requestsPerSecond: requests }],
  recentChanges,
});

test("first steps are shown to who has taken them within the hour, asked or not", () => {
  expect(isPastFirstSteps({ ...seen([]), total: 0, endpoints: [] })).toBe(false);
  expect(isPastFirstSteps(seen([null, 0], change(1, "02:30", 100)))).toBe(false);
  expect(isPastFirstSteps(seen([0, 2], change(1, "01:30", 100)))).toBe(false);
});

test("first steps do not come back: not when nobody asks for an hour, nor when changes or metrics are out of sight", () => {
  expect(isPastFirstSteps(seen([0, 0], change(1, "01:30", 100)))).toBe(true);
  expect(isPastFirstSteps(seen(null, change(1, "02:30", 100)))).toBe(true);
  expect(isPastFirstSteps(seen([0, 2], change(12, "02:40", 100), change(3, "02:30", 100)))).toBe(true);
  expect(isPastFirstSteps(seen([0, 0], change(2, "02:40", 60, 40), change(1, "02:30", 100)))).toBe(true);
  expect(isPastFirstSteps({ ...seen([0, 0], change(1, "02:30", 100)), total: 2 })).toBe(true);
});
