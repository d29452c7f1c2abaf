import { expect, test } from "vitest";
import type { HealthState } from "#domain/endpoint/health.ts";
import { overviewSentence } from "./sentence.ts";

const endpoint = (name: string, state: HealthState, since: string | null = null) => ({
  name,
  health: { state, since },
});
const clock = (at: string) => at.slice(11, 16);
const sentence = (...endpoints: ReturnType<typeof endpoint>[]) => overviewSentence(endpoints, clock);

test("one that fails is named with since when", () => {
  const many = Array.from({ length: 11 }, (_, i) => endpoint(`e${i}`, "Healthy"));
  expect(sentence(endpoint("credit-score", "Failing", "2026-05-09T02:51:00Z"), ...many)).toBe(
    "1 of 12 endpoints is failing: credit-score, since 02:51.",
  );
});

test("of several the one that is longest so is named, and the less bad are counted", () => {
  expect(
    sentence(
      endpoint("b", "Failing", "2026-05-09T03:00:00Z"),
      endpoint("a", "Failing", "2026-05-09T02:51:00Z"),
      endpoint("c", "Degraded"),
    ),
  ).toBe("2 of 3 endpoints are failing: a, since 02:51 and 1 more; 1 degraded.");
});

test("an endpoint nobody can see is never counted as healthy", () => {
  expect(sentence(endpoint("a", "Unknown"), endpoint("b", "Healthy"))).toBe("1 of 2 endpoints is unknown: a.");
});

test("when nothing is wrong it says so, and what is on its way", () => {
  expect(sentence(endpoint("a", "Healthy"))).toBe("The only endpoint, a, is healthy.");
  expect(sentence(endpoint("a", "Healthy"), endpoint("b", "Healthy"))).toBe("All 2 endpoints are healthy.");
  expect(sentence(endpoint("a", "Deploying"), endpoint("b", "Healthy"))).toBe(
    "1 of 2 endpoints is deploying, 1 is healthy.",
  );
});
