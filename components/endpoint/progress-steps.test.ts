import { expect, test } from "vitest";
import type { Endpoint, Plan } from "./endpoint-ref.ts";
import { stepsOf, undoTargetOf } from "./progress-steps.ts";

const plan = (given: Partial<Plan>): Plan => ({
  number: 5,
  kind: "traffic",
  entries: [{ revision: 4, model: "m", version: "7", role: "live", weightPercent: 100 }],
  status: "pending",
  acknowledged: "0/2",
  routerSilent: null,
  decidedAt: "2026-11-22T00:00:00.000Z",
  decidedBy: "a",
  reason: "",
  when: "now",
  repeatsPlan: null,
  rolledBackFrom: null,
  firstServedAt: null,
  appliedAt: null,
  supersededAt: null,
  failure: null,
  ...given,
});
const revisions = (readyReplicas: number) =>
  [{ revision: 4, readyReplicas, desiredReplicas: 1 }] as unknown as Endpoint["revisions"];
const told = (given: Partial<Plan>, ready: number) =>
  stepsOf(plan(given), revisions(ready)).map(({ name, state }) => `${name}: ${state}`);

test("a change is told step by step, and applied only when it is", () => {
  expect(told({}, 0)).toEqual(["Requested: done", "Scaling r4: now", "Routers 0/2: ahead", "Applied: ahead"]);
  expect(told({}, 1)).toEqual(["Requested: done", "Pods ready: done", "Routers 0/2: now", "Applied: ahead"]);
  expect(told({ acknowledged: "1/2" }, 1).at(2)).toBe("Routers 1/2: now");
  expect(told({ status: "applied", acknowledged: "2/2" }, 1).slice(2)).toEqual(["Routers 2/2: done", "Applied: done"]);
  expect(told({ status: "failed" }, 0)[1]).toBe("Scaling r4: failed");
});

test("undo names the plan before a change, and what a rollback left; a deploy needs none", () => {
  const appliedAt = "2026-11-22T00:00:01.000Z";
  const earlier = [plan({ number: 4 }), plan({ number: 3, appliedAt }), plan({ number: 2, appliedAt })];
  expect(undoTargetOf(plan({}), earlier)?.number).toBe(3);
  expect(undoTargetOf(plan({ kind: "rollback", rolledBackFrom: 2 }), earlier)?.number).toBe(2);
  expect(undoTargetOf(plan({ kind: "rollback", rolledBackFrom: 4 }), earlier)).toBeNull();
  expect(undoTargetOf(plan({ kind: "revision" }), earlier)).toBeNull();
});
