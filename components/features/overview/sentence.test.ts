import { expect, test } from "vitest";
import type { HealthState } from "#domain/endpoint/health.ts";
import { overviewSentence } from "./sentence.ts";

const counted = (count: number, state: HealthState, name: string, since: string | null = null) => ({
  state,
  count,
  longest: { name, environment: "local", since },
});
const clock = (at: string) => at.slice(11, 16);
const sentence = (...counts: ReturnType<typeof counted>[]) => overviewSentence(counts, clock);

test("one that fails is named with since when", () => {
  expect(sentence(counted(1, "Failing", "credit-score", "2026-05-09T02:51:00Z"), counted(11, "Healthy", "a"))).toBe(
    "1 of 12 endpoints is failing: credit-score, since 02:51.",
  );
});

test("of several the one that is longest so is named, and the less bad are counted", () => {
  expect(sentence(counted(2, "Failing", "a", "2026-05-09T02:51:00Z"), counted(1, "Degraded", "c"))).toBe(
    "2 of 3 endpoints are failing: a, since 02:51, and 1 more; 1 degraded.",
  );
  expect(sentence(counted(2, "Unknown", "a"))).toBe("2 of 2 endpoints are unknown: a and 1 more.");
});

test("an endpoint nobody can see is never counted as healthy", () => {
  expect(sentence(counted(1, "Unknown", "a"), counted(1, "Healthy", "b"))).toBe("1 of 2 endpoints is unknown: a.");
});

test("when nothing is wrong it says so, and what is on its way", () => {
  expect(sentence(counted(1, "Healthy", "a"))).toBe("The only endpoint, a, is healthy.");
  expect(sentence(counted(2, "Healthy", "a"))).toBe("All 2 endpoints are healthy.");
  expect(sentence(counted(1, "Deploying", "a"), counted(1, "Healthy", "b"))).toBe(
    "1 of 2 endpoints is deploying, 1 is healthy.",
  );
});
