import { expect, test } from "vitest";
import { metricQueries, quoted } from "./promql.ts";

const target = { environment: "local", namespace: "slipway-local", endpoint: "iris", windowSeconds: 60 };

test("no name can leave its quotes", () => {
  expect(quoted('a"} or up{x="\\')).toBe('"a\\"} or up{x=\\"\\\\"');
  expect(quoted("a\nb")).toBe('"a\\nb"');
});

test("pods of an endpoint named like a revision of this one are not counted as its own", () => {
  const pods = /pod=~"([^"]+)"/.exec(metricQueries(target).memoryBytes)?.[1] ?? "";
  const isOurs = new RegExp(`^(?:${pods})$`);
  expect(isOurs.test("iris-r2-6d4cf56db6-x7k2p")).toBe(true);
  expect(isOurs.test("iris-r1-r2-6d4cf56db6-x7k2p")).toBe(false);
  expect(isOurs.test("my-iris-r2-6d4cf56db6-x7k2p")).toBe(false);
});
