import { expect, test } from "vitest";
import { decideDeletion } from "./deletion.ts";

const now = new Date("2026-01-01T10:00:00Z");
const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T09:00:00Z" },
  spec: { nodeName: "local", terminationGracePeriodSeconds: 60 },
  status: { phase: "Running" },
};

test("a pod asked to go with less than no grace gets a second, as on any cluster: only 0 means at once", () => {
  const graceOf = (gracePeriodSeconds: number) => decideDeletion(pod, { gracePeriodSeconds }, now);
  expect(graceOf(-1)).toMatchObject({ kind: "mark", metadata: { deletionGracePeriodSeconds: 1 } });
  expect(graceOf(3)).toMatchObject({ kind: "mark", metadata: { deletionGracePeriodSeconds: 3 } });
  expect(graceOf(0)).toEqual({ kind: "remove" });
});
