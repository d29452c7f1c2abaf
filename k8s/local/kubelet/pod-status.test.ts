import { expect, it } from "vitest";
import type { KubeObject } from "../store/types.ts";
import { type ContainerView, type PodView, phaseOf, podStatus } from "./pod-status.ts";

const pod = (spec: Record<string, unknown> = {}, status: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace: "n", uid: "u", resourceVersion: "1", creationTimestamp: "", generation: 1 },
  spec: { containers: [], ...spec },
  status,
});
const terminated = (exitCode: number) => ({
  exitCode,
  reason: exitCode === 0 ? "Completed" : "Error",
  startedAt: "",
  finishedAt: "",
  containerID: "process://7",
});
const container = (change: Partial<ContainerView>): ContainerView => ({
  name: "web",
  image: "i",
  state: { kind: "running", startedAt: "2026-01-01T00:00:00Z" },
  ready: true,
  started: true,
  restartCount: 0,
  containerId: "process://7",
  ...change,
});
const waiting = container({ state: { kind: "waiting", reason: "ContainerCreating" }, ready: false, started: false });
const ended = (code: number) =>
  container({ state: { kind: "terminated", terminated: terminated(code) }, ready: code === 0 });
const view = (main: ContainerView[], init: ContainerView[] = []): PodView => ({
  init,
  main,
  podIp: "127.1.0.1",
  hostIp: "127.0.0.1",
  startTime: "2026-01-01T00:00:00Z",
});

it.each([
  ["Pending while an init container runs", {}, view([waiting], [container({ name: "fetch" })]), "Pending"],
  ["Pending before the first start", {}, view([waiting], [ended(0)]), "Pending"],
  ["Running with a running container", {}, view([container({})], [ended(0)]), "Running"],
  ["Running through a crash loop", {}, view([{ ...waiting, last: terminated(1) }]), "Running"],
  ["Succeeded when all ended well and none restarts", { restartPolicy: "Never" }, view([ended(0)]), "Succeeded"],
  ["Failed when one ended badly and none restarts", { restartPolicy: "Never" }, view([ended(0), ended(1)]), "Failed"],
  ["Failed when an init container failed for good", { restartPolicy: "Never" }, view([waiting], [ended(1)]), "Failed"],
])("is %s", (_, spec, state, phase) => {
  expect(phaseOf(pod(spec), state)).toBe(phase);
});

it("names the containers that are not ready, and keeps the time of a condition that stays", () => {
  const first = podStatus(pod(), view([waiting]), Date.parse("2026-01-01T00:00:01Z"));
  const again = podStatus(pod({}, first), view([waiting]), Date.parse("2026-01-01T00:01:00Z"));
  expect(again).toEqual(first);
  expect((first.conditions as unknown[]).find((one) => (one as { type: string }).type === "Ready")).toMatchObject({
    status: "False",
    reason: "ContainersNotReady",
    message: "containers with unready status: [web]",
    lastTransitionTime: "2026-01-01T00:00:01Z",
  });
});

it("calls a stopped pod completed as a real kubelet does", () => {
  const stopping = { ...pod(), metadata: { ...pod().metadata, deletionTimestamp: "2026-01-01T00:00:30Z" } };
  const status = podStatus(stopping, view([{ ...ended(0), ready: false }]), 0);
  expect(status.phase).toBe("Succeeded");
  expect(status.conditions).toMatchObject([
    { type: "PodReadyToStartContainers", status: "False" },
    { type: "Initialized", status: "True", reason: "PodCompleted" },
    { type: "Ready", status: "False", reason: "PodCompleted" },
    { type: "ContainersReady", status: "False", reason: "PodCompleted" },
  ]);
});
