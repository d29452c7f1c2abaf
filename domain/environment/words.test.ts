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

test("of a namespace that is not there, what is missing in it is not told besides", () => {
  const inside = ["ServiceAccountsPresent", "RoutersReady", "ArtifactStoreReady"];
  const conditions = [
    ...inside.map((type) => condition(type, "False")),
    condition("Degraded", "True"),
    condition("RightsGranted", "False"),
  ];
  expect(environmentTroubles(conditions)).toHaveLength(5);
  expect(
    environmentTroubles([condition("NamespacePresent", "False"), ...conditions]).map(({ message }) => message),
  ).toEqual(["NamespacePresent is False", "RightsGranted is False"]);
});
