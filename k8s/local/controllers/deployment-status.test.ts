import { expect, it } from "vitest";
import type { KubeObject } from "../store/types.ts";
import { type Condition, deadlineInMs, deploymentStatus } from "./deployment-status.ts";

const T0 = Date.parse("2026-01-01T00:00:00Z");
const meta = (name: string) => ({
  name,
  uid: name,
  resourceVersion: "1",
  creationTimestamp: "2026-01-01T00:00:00Z",
  generation: 1,
});
const deployment = (status: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: meta("web"),
  spec: {
    replicas: 2,
    progressDeadlineSeconds: 60,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  },
  status,
});
const set = (counts: Record<string, number>): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: meta("web-1"),
  spec: { replicas: 2 },
  status: { replicas: 2, terminatingReplicas: 0, ...counts },
});
const progressing = (status: { conditions: Condition[] }) =>
  status.conditions.find(({ type }) => type === "Progressing");
const created: Condition = {
  type: "Progressing",
  status: "True",
  lastUpdateTime: "2026-01-01T00:00:00Z",
  lastTransitionTime: "2026-01-01T00:00:00Z",
  reason: "NewReplicaSetCreated",
  message: "",
};

it("leaves zero counters out, but for terminatingReplicas", () => {
  const status = deploymentStatus(deployment(), set({}), [set({})], T0);
  expect(status).toMatchObject({
    observedGeneration: 1,
    replicas: 2,
    updatedReplicas: 2,
    unavailableReplicas: 2,
    terminatingReplicas: 0,
  });
  expect(status).not.toHaveProperty("readyReplicas");
  expect(status).not.toHaveProperty("availableReplicas");
});

it("says NewReplicaSetAvailable once every pod is new and available", () => {
  const full = set({ readyReplicas: 2, availableReplicas: 2 });
  const status = deploymentStatus(deployment({ conditions: [created] }), full, [full], T0 + 5000);
  expect(progressing(status)).toMatchObject({
    reason: "NewReplicaSetAvailable",
    status: "True",
    lastTransitionTime: created.lastTransitionTime,
  });
  expect(status.conditions.find(({ type }) => type === "Available")).toMatchObject({ status: "True" });
});

it("restarts the deadline with every progress and misses it without", () => {
  const one = set({ readyReplicas: 1, availableReplicas: 1 });
  const moved = deploymentStatus(deployment({ conditions: [created] }), one, [one], T0 + 30_000);
  expect(progressing(moved)).toMatchObject({ reason: "ReplicaSetUpdated", lastUpdateTime: "2026-01-01T00:00:30Z" });
  const stuck = deployment(moved);
  expect(deadlineInMs(stuck, T0 + 40_000)).toBe(50_000);
  expect(progressing(deploymentStatus(stuck, one, [one], T0 + 89_000))?.reason).toBe("ReplicaSetUpdated");
  expect(progressing(deploymentStatus(stuck, one, [one], T0 + 90_000))).toMatchObject({
    status: "False",
    reason: "ProgressDeadlineExceeded",
  });
});

it("is the same object again while nothing moves, so that idle writes nothing", () => {
  const full = set({ readyReplicas: 2, availableReplicas: 2 });
  const status = deploymentStatus(deployment({ conditions: [created] }), full, [full], T0);
  expect(deploymentStatus(deployment(status), full, [full], T0 + 3_600_000)).toEqual(status);
});
