import { expect, test } from "vitest";
import { revisionLabel, versionLabel } from "./version-label.ts";

const tree = { model: "credit-tree", version: "1", revision: 1 };
const net = { model: "credit-net", version: 1, revision: 2 };

test("a version is its number alone while everything beside it is of the same model", () => {
  expect(versionLabel(tree, [])).toBe("v1");
  expect(revisionLabel(tree, [{ ...tree, version: "2" }, tree])).toBe("v1 · r1");
});

test("two versions of different models never read alike", () => {
  const among = [tree, net];
  expect(among.map((one) => versionLabel(one, among))).toEqual(["credit-tree v1", "credit-net v1"]);
  expect(revisionLabel(net, among)).toBe("credit-net v1 · r2");
  expect(versionLabel(net, [tree])).toBe("credit-net v1");
});
