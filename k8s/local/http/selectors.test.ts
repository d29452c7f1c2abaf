import { expect, test } from "vitest";
import type { KubeObject } from "../store/types.ts";
import { parseLabelSelector } from "./selectors.ts";

const labelled = (labels: Record<string, string>) => ({ metadata: { labels } }) as unknown as KubeObject;

test.each(["!", "!,", ",", "a,", ",a", "a notin ()", "a in ()", "a>", "a<x", ")", "=b", "!a=b"])(
  "a label selector that says nothing selects nothing, least of all everything: %s",
  (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/unable to parse requirement|values/);
  },
);

test("no object has the labels that every JavaScript object inherits", () => {
  expect(parseLabelSelector("constructor")(labelled({ a: "1" }))).toBe(false);
  expect(parseLabelSelector("!constructor")(labelled({ a: "1" }))).toBe(true);
});

test("an empty value is one", () => {
  expect(parseLabelSelector("a=,b")(labelled({ a: "", b: "1" }))).toBe(true);
  expect(parseLabelSelector("a in (,x)")(labelled({ a: "" }))).toBe(true);
});
