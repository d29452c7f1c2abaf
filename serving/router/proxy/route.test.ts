import { expect, test } from "vitest";
import { RequestMetrics } from "#serving/router/metrics/request-metrics.ts";
import { RoutingTable } from "#serving/router/plans/routing-table.ts";
import { aPlan, aShadow } from "#test/support/plan-wire.ts";
import { choose, parseTarget } from "./route.ts";

/** A plan whose revisions in `ready` have a pod each. */
function compiled(shares: Record<number, number>, ready: readonly number[], over = {}) {
  const table = new RoutingTable(new RequestMetrics());
  for (const r of ready) table.setPods(`iris-r${r}`, [{ id: `${r}`, host: "h", port: r }]);
  table.applyPlan("iris-plan", JSON.stringify(aPlan(shares, over)), 0);
  const plan = table.find("iris");
  if (plan === undefined) throw new Error("no plan");
  return plan;
}
const anyone = { revision: undefined, version: undefined, unit: undefined };
const brief = (choice: ReturnType<typeof choose>) =>
  choice.kind === "chosen" ? `${choice.role} r${choice.entry.revision} for r${choice.intended.revision}` : choice.kind;

test("reads endpoint, path and version out of a URL", () => {
  expect(parseTarget("/a/v2")).toEqual({ endpoint: "a", path: "/v2", version: undefined });
  expect(parseTarget("/a/v2/x?y=/../z")?.path).toBe("/v2/x?y=/../z");
  expect(parseTarget("/a/v2?x=1.5%20")?.path).toBe("/v2?x=1.5%20");
  expect(parseTarget("/a/v2/models/m.1/versions/12/infer?q")).toMatchObject({ version: "12" });
  for (const url of [
    "",
    "*",
    "/",
    "/a",
    "/a/",
    "/a/v2x",
    "/a/v1",
    "//v",
    "http://x/a/v2",
    "/a/v2/./x",
    "/a/v2/%2E%2e/x",
  ]) {
    expect(parseTarget(url), url).toBeUndefined();
  }
});

test("a random request without unit follows the buckets", () => {
  const plan = compiled({ 1: 75, 2: 25 }, [1, 2]);
  expect(brief(choose(plan, anyone, 0, () => 0))).toBe("live r1 for r1");
  expect(brief(choose(plan, anyone, 0, () => 0.74999))).toBe("live r1 for r1");
  expect(brief(choose(plan, anyone, 0, () => 0.75))).toBe("live r2 for r2");
  expect(brief(choose(plan, { ...anyone, unit: "" }, 0, () => 0.99999))).toBe("live r2 for r2");
});

test("the largest ready share stands in, never one without a share", () => {
  const random = () => 0;
  expect(brief(choose(compiled({ 1: 50, 2: 20, 3: 30, 4: 0 }, [2, 3, 4]), anyone, 0, random))).toBe(
    "fallback r3 for r1",
  );
  expect(brief(choose(compiled({ 1: 100, 4: 0 }, [4]), anyone, 0, random))).toBe("no_pods");
  expect(brief(choose(compiled({ 1: 50, 2: 50 }, [2], { onUnavailable: "fail" }), anyone, 0, random))).toBe("no_pods");
});

test("a revision whose every pod was set aside is tried when nobody stands in", () => {
  const plan = compiled({ 1: 100 }, [1]);
  plan.entries[0]?.pods.pick(0)?.unreachable(0);
  expect(brief(choose(plan, anyone, 1, () => 0))).toBe("live r1 for r1");
});

test("a forced revision may be any entry, a shadow too, and nobody stands in for it", () => {
  const plan = compiled({ 1: 100 }, [1, 2], { entries: [...aPlan({ 1: 100 }).entries, aShadow("iris", 2, 100)] });
  const force = (revision: string) => brief(choose(plan, { ...anyone, revision }, 0, () => 0));
  expect(force("2")).toBe("forced r2 for r2");
  expect(force("9")).toBe("not_in_plan");
  expect(brief(choose(compiled({ 1: 50, 2: 50 }, [2]), { ...anyone, revision: "1" }, 0, () => 0))).toBe("no_pods");
});

test("a version chooses the unit's own entry when that serves it, else the largest share that does", () => {
  const entries = aPlan({ 1: 20, 2: 30, 3: 50 }).entries.map((entry) => ({
    ...entry,
    version: entry.revision === 3 ? "8" : "7",
  }));
  const plan = compiled({}, [1, 2, 3], { entries });
  const pick = (version: string, at: number) => brief(choose(plan, { ...anyone, version }, 0, () => at));
  expect(pick("7", 0.1)).toBe("forced r1 for r1");
  expect(pick("7", 0.9)).toBe("forced r2 for r2");
  expect(pick("8", 0.1)).toBe("forced r3 for r3");
  expect(pick("9", 0.1)).toBe("not_in_plan");
});
