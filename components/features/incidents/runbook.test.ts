import { expect, test } from "vitest";
import { runbookOf } from "./runbook.ts";

const after = (plan: number) => ({ plan, at: "2026-11-23T02:48:00.000Z" });
const firstStep = (...[incident]: Parameters<typeof runbookOf>) => runbookOf(incident)[0];

test("nobody is told to roll back where there is nothing to go back to", () => {
  expect(firstStep({ target: "errorRatioMax", after: after(41) })).toContain("roll back first");
  expect(firstStep({ target: "readyPodsMin", after: after(1) })).toContain("nothing to roll back to");
  expect(firstStep({ target: "latencyMsP99Max", after: null })).toContain("No change came shortly before it");
  expect(runbookOf({ target: null, after: null }).join()).not.toMatch(/roll(ing)? back helps|on the chart/);
});
