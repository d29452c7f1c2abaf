import { expect, test } from "vitest";
import { tooFewAsked } from "./too-few-asked.ts";

const wants = (threshold: number) => ({ target: "readyPodsMin" as const, threshold });

test("a target above what a revision is to have is told, where no pod is to blame", () => {
  const words = "It is meant to have 1 pod, and the target asks for 3.";
  expect(tooFewAsked(wants(3), { readyReplicas: 1, desiredReplicas: 1 })).toBe(words);
});

test("it is not told where pods are missing, enough are meant, or another target was missed", () => {
  expect(tooFewAsked(wants(3), { readyReplicas: 0, desiredReplicas: 1 })).toBeNull();
  expect(tooFewAsked(wants(3), { readyReplicas: 4, desiredReplicas: 4 })).toBeNull();
  expect(
    tooFewAsked({ target: "errorRatioMax", threshold: 0.01 }, { readyReplicas: 1, desiredReplicas: 1 }),
  ).toBeNull();
  expect(tooFewAsked({ target: null, threshold: null }, { readyReplicas: 1, desiredReplicas: 1 })).toBeNull();
});
