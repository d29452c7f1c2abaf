import { expect, test } from "vitest";
import { isAffected } from "./affected.ts";

const key = (path: string, input?: unknown) => [path.split("."), { input, type: "query" }];
const news = (...changed: [kind: string, name: string][]) => ({
  everything: false,
  changed: changed.map(([kind, name]) => ({ kind, name, id: name })),
});

test("a change of one endpoint renews what is shown of it and of all, and nothing of another", () => {
  const changed = news(["endpoint", "credit"]);
  expect(isAffected(key("endpoint.get", { endpoint: "credit" }), changed)).toBe(true);
  expect(isAffected(key("endpoint.overview", {}), changed)).toBe(true);
  expect(isAffected(key("incident.list", {}), changed)).toBe(true);
  expect(isAffected(key("endpoint.get", { endpoint: "fraud" }), changed)).toBe(false);
  expect(isAffected(key("model.list"), changed)).toBe(false);
});

test("every change is in the audit log", () => {
  expect(isAffected(key("audit.list"), news(["something new", "x"]))).toBe(true);
});

test("news without a change renew nothing, and after a gap everything but series", () => {
  expect(isAffected(key("endpoint.get"), news())).toBe(false);
  expect(isAffected(key("model.get"), { changed: [], everything: true })).toBe(true);
  expect(isAffected(key("endpoint.metrics"), { changed: [], everything: true })).toBe(false);
});
