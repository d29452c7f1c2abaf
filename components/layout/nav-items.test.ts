import { expect, test } from "vitest";
import { endpointHere, hrefOf, NAV_BELOW, NAV_MAIN } from "./nav-items.ts";

test("the page of an endpoint tells which and where, and no other page does", () => {
  expect(endpointHere("/endpoints/local/credit-score")).toEqual({ environment: "local", endpoint: "credit-score" });
  for (const path of ["/endpoints", "/endpoints/local", "/models/a/versions/1", "/"])
    expect(endpointHere(path)).toBe(null);
});

test("the chosen environment goes along to what is about one, and to nothing else", () => {
  const along = [...NAV_MAIN, ...NAV_BELOW].filter((item) => hrefOf(item, "a b").endsWith("?environment=a%20b"));
  expect(along.map(({ label }) => label)).toEqual(["Overview", "Endpoints", "Incidents"]);
  for (const item of NAV_MAIN) expect(hrefOf(item, null)).toBe(item.href);
});

test("no two screens are behind the same key", () => {
  const keys = [...NAV_MAIN, ...NAV_BELOW].map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
