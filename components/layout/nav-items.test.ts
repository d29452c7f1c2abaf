import { expect, test } from "vitest";
import { endpointHere, NAV_BELOW, NAV_MAIN } from "./nav-items.ts";

test("the page of an endpoint tells which and where, and no other page does", () => {
  expect(endpointHere("/endpoints/local/credit-score")).toEqual({ environment: "local", endpoint: "credit-score" });
  for (const path of ["/endpoints", "/endpoints/local", "/models/a/versions/1", "/"])
    expect(endpointHere(path)).toBe(null);
});

test("no two screens are behind the same key", () => {
  const keys = [...NAV_MAIN, ...NAV_BELOW].map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
