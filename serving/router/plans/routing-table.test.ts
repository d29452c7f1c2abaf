import { expect, test } from "vitest";
import type { PlanWire } from "#domain/traffic/wire.ts";
import { RequestMetrics } from "#serving/router/metrics/request-metrics.ts";
import { aPlan, aShadow } from "#test/support/plan-wire.ts";
import { RoutingTable } from "./routing-table.ts";

const HOUR_MS = 60 * 60_000;
const aTable = () => new RoutingTable(new RequestMetrics());
const apply = (table: RoutingTable, plan: PlanWire, nowMs = 0) =>
  table.applyPlan(`${plan.endpoint}-plan`, JSON.stringify(plan), nowMs).kind;

test("a lower number of the same endpoint uid is ignored, the same again changes nothing", () => {
  const table = aTable();
  expect(apply(table, aPlan({ 1: 100 }, { number: 5 }))).toBe("swapped");
  expect(apply(table, aPlan({ 2: 100 }, { number: 4 }))).toBe("older");
  expect(apply(table, aPlan({ 1: 100 }, { number: 5 }))).toBe("unchanged");
  expect(apply(table, aPlan({ 2: 100 }, { number: 6 }))).toBe("swapped");
  expect(table.find("iris")?.wire.number).toBe(6);
});

test("a new endpoint uid of the same name replaces, whatever its number, and the old one is no longer acknowledged", () => {
  const table = aTable();
  apply(table, aPlan({ 1: 100 }, { number: 9 }));
  expect(apply(table, aPlan({ 1: 100 }, { number: 1, endpointUid: "new" }))).toBe("swapped");
  expect(table.acks(0)).toEqual({ new: 1 });
});

test("what does not parse is ignored and not acknowledged", () => {
  const table = aTable();
  apply(table, aPlan({ 1: 100 }, { number: 1 }));
  const odd = [undefined, "", "{", "null", JSON.stringify({ ...aPlan({ 1: 100 }, { number: 2 }), salt: 1 })];
  for (const text of odd) expect(table.applyPlan("iris-plan", text, 0).kind).toBe("unreadable");
  expect(table.applyPlan("other-plan", JSON.stringify(aPlan({ 1: 100 }, { number: 2 })), 0).kind).toBe("unreadable");
  expect(table.acks(0)).toEqual({ "uid-iris": 1 });
  expect(table.find("iris")?.wire.number).toBe(1);
});

test("plans swapped in within the last hour are acknowledged, also those of endpoints being deleted", () => {
  const table = aTable();
  apply(table, aPlan({ 1: 100 }, { number: 3 }), 0);
  apply(table, aPlan({}, { number: 2, endpoint: "going", deleted: true }), HOUR_MS / 2);
  expect(table.acks(HOUR_MS)).toEqual({ "uid-iris": 3, "uid-going": 2 });
  expect(table.acks(HOUR_MS + 1)).toEqual({ "uid-going": 2 });
  expect(table.find("going")).toBeUndefined();
});

test("a removed plan is gone, also from the acknowledgements", () => {
  const table = aTable();
  apply(table, aPlan({ 1: 100 }));
  expect(table.removePlan("iris-plan")?.endpoint).toBe("iris");
  expect(table.removePlan("iris-plan")).toBeUndefined();
  expect([table.find("iris"), table.acks(0)]).toEqual([undefined, {}]);
});

test("a plan finds the pods of its services whether they came before or after it, and after they went and came back", () => {
  const table = aTable();
  const pods = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `${i}`, host: "h", port: i }));
  table.setPods("iris-r1", pods(2));
  apply(table, aPlan({ 1: 50, 2: 50 }));
  const sizes = () => table.find("iris")?.entries.map((entry) => entry.pods.size);
  expect(sizes()).toEqual([2, 0]);
  table.setPods("iris-r2", pods(1));
  table.setPods("iris-r1", []);
  table.setPods("iris-r1", pods(3));
  expect(sizes()).toEqual([3, 1]);
});

test("services that no plan names are forgotten with their last pod", () => {
  const table = aTable();
  table.setPods("old-r1", [{ id: "a", host: "h", port: 1 }]);
  apply(table, aPlan({ 1: 100 }));
  table.setPods("old-r1", []);
  expect(table.services()).toEqual(["iris-r1"]);
});

test("knows when a plan gives a share to a revision without known pods", () => {
  const table = aTable();
  table.setPods("iris-r1", [{ id: "a", host: "h", port: 1 }]);
  expect(table.podsFor(JSON.stringify(aPlan({ 1: 100, 2: 0 })))).toBe("all");
  expect(table.podsFor(JSON.stringify(aPlan({ 1: 90, 2: 10 })))).toBe("some");
  expect(table.podsFor(JSON.stringify(aPlan({ 2: 100 })))).toBe("none");
});

test("callers' requests are counted from 0 on for each revision a plan may send them to, and for no shadow", () => {
  const metrics = new RequestMetrics();
  const plan = aPlan({ 1: 100, 2: 0 });
  const entries = [...plan.entries, aShadow("iris", 3, 1_000)];
  new RoutingTable(metrics).applyPlan("iris-plan", JSON.stringify({ ...plan, entries }), 0);
  for (const [revision, times] of [
    [1, 7],
    [2, 7],
    [3, 0],
  ] as const)
    expect(
      metrics.render().match(new RegExp(`^slipway_requests_total.*revision="${revision}".* 0$`, "gm")) ?? [],
    ).toHaveLength(times);
});
