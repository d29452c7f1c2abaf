import { expect, test } from "vitest";
import type { ConditionView } from "#domain/shared/views.ts";
import { environmentTroubles } from "./words.ts";

const condition = (type: string, status: ConditionView["status"]): ConditionView => ({
  type,
  status,
  reason: "R",
  message: `${type} is ${status}`,
  observedGeneration: 1,
  lastTransitionAt: "2026-11-22T20:00:00.000Z",
});

test("what should be so and is not, and what should not be and is, are told; what nobody knows is not", () => {
  const troubles = environmentTroubles([
    condition("RoutersReady", "False"),
    condition("RightsGranted", "False"),
    condition("ClusterReachable", "True"),
    condition("Blocked", "True"),
    condition("Orphans", "False"),
    condition("NamespacePresent", "Unknown"),
    condition("SomethingNewer", "False"),
  ]);
  expect(troubles.map(({ message }) => message)).toEqual([
    "Blocked is True",
    "RightsGranted is False",
    "RoutersReady is False",
  ]);
  for (const { title, fix, since } of troubles) expect([title, fix, since].every((text) => text !== "")).toBe(true);
});
