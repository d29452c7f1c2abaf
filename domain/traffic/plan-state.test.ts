import fc from "fast-check";
import { expect, test } from "vitest";
import { nextPlanState, PLAN_STATES, type PlanEvent } from "./plan-state.ts";

test("a plan leaves pending once, by what happened first, and never changes again", () => {
  const event = fc.constantFrom<PlanEvent>("proven", "replaced", "missed");
  fc.assert(
    fc.property(event, fc.array(event), (first, later) => {
      const reached = nextPlanState("pending", first);
      expect(reached).toBe({ proven: "applied", replaced: "superseded", missed: "failed" }[first]);
      expect(later.reduce(nextPlanState, reached)).toBe(reached);
    }),
  );
  expect(new Set(PLAN_STATES).size).toBe(4);
});
