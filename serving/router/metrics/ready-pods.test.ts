import { expect, test } from "vitest";
import { RoutingTable } from "#serving/router/plans/routing-table.ts";
import { aPlan } from "#test/support/plan-wire.ts";
import { renderReadyPods } from "./ready-pods.ts";
import { RequestMetrics } from "./request-metrics.ts";

const pods = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `${i}`, host: "h", port: i }));
const linesOf = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

test("ready pods are told of every revision with a share, zero too, and of no other", () => {
  const table = new RoutingTable(new RequestMetrics());
  table.applyPlan("iris-plan", JSON.stringify(aPlan({ 1: 90, 2: 10, 3: 0 })), 0);
  table.applyPlan("going-plan", JSON.stringify(aPlan({ 1: 100 }, { endpoint: "going", deleted: true })), 0);
  table.setPods("iris-r1", pods(2));
  table.setPods("iris-r3", pods(4));
  expect(linesOf(renderReadyPods(table.readyPods(), 1))).toEqual([
    expect.stringMatching(/^slipway_ready_pods\{environment="[^"]*",endpoint="iris",revision="1",.*\} 2$/),
    expect.stringMatching(/^slipway_ready_pods\{.*revision="2",.*\} 0$/),
  ]);
});

test("a router that has heard nothing for long tells of no pods: an old number would look like a fresh one", () => {
  expect(linesOf(renderReadyPods([{ labels: 'revision="1"', ready: 2 }], 30))).toHaveLength(1);
  expect(linesOf(renderReadyPods([{ labels: 'revision="1"', ready: 2 }], 31))).toEqual([]);
});
