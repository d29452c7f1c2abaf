import { expect, test } from "vitest";
import { strategicMergePatch } from "./strategic-merge-patch.ts";

test("a map told to go is emptied, whatever else is said of it", () => {
  const target = { spec: { nodeSelector: { disk: "ssd" }, replicas: 1 } };
  expect(strategicMergePatch(target, { spec: { nodeSelector: { $patch: "delete", disk: "hdd" } } })).toEqual({
    spec: { nodeSelector: {}, replicas: 1 },
  });
});
