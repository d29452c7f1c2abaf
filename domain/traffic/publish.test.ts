import { expect, test } from "vitest";
import type { PlanRecord } from "./plan-record.ts";
import { PROGRESS_DEADLINE_SECONDS, trackProgress } from "./progress.ts";
import { decidePublish, type PublishQuestion, type RevisionReadiness } from "./publish.ts";

const decidedAt = new Date("2026-01-01T10:00:00Z");
const after = (seconds: number) => new Date(decidedAt.getTime() + seconds * 1000);

const plan = (number: number, shares: [number, number][], more: Partial<PlanRecord> = {}): PlanRecord => ({
  number,
  kind: "traffic",
  state: "pending",
  entries: shares.map(([revision, weightBps]) => ({ revision, role: "live", weightBps })),
  rolledBackFrom: null,
  repeatsPlan: null,
  decidedAt,
  supersededAt: null,
  ...more,
});
const ready = (revision: number, pods: number, desired = pods): RevisionReadiness => ({
  revision,
  ready: pods,
  desired,
  progressSince: pods < desired ? decidedAt : null,
});
const ask = (more: Partial<PublishQuestion>) =>
  decidePublish({
    plan: plan(5, [
      [1, 9_000],
      [2, 1_000],
    ]),
    publishWhen: "now",
    clusterPlan: 4,
    clusterDecidedAt: decidedAt.toISOString(),
    readiness: [ready(1, 2), ready(2, 1)],
    now: after(1),
    ...more,
  });

test("a plan goes out once every revision with a share has a ready pod", () => {
  expect(ask({})).toEqual({ kind: "publish" });
  expect(ask({ clusterPlan: null })).toEqual({ kind: "publish" });
  expect(ask({ readiness: [ready(1, 2)] })).toEqual({ kind: "wait", reason: "NoReadyPods", revisions: [2] });
  expect(ask({ readiness: [ready(1, 2), ready(2, 0, 1)] })).toEqual({
    kind: "wait",
    reason: "NoReadyPods",
    revisions: [2],
  });
});

test("entries at 0 % and shadows hold no plan up", () => {
  const entries = [
    { revision: 1, role: "live", weightBps: 10_000 },
    { revision: 2, role: "live", weightBps: 0 },
    { revision: 3, role: "shadow", weightBps: 5_000 },
  ] as const;
  expect(ask({ plan: plan(5, [], { entries }), readiness: [ready(1, 1)] })).toEqual({ kind: "publish" });
});

test("when capacity is asked for, one pod of three is not enough; now, it is", () => {
  const readiness = [ready(1, 2), ready(2, 1, 3)];
  expect(ask({ readiness, publishWhen: "capacity" })).toEqual({ kind: "wait", reason: "NoCapacity", revisions: [2] });
  expect(ask({ readiness })).toEqual({ kind: "publish" });
});

test("a plan fails at the deadline of a revision it waits for, counted from its own decision at the earliest", () => {
  const readiness = [ready(1, 1), { ...ready(2, 0, 1), progressSince: after(-9_999) }];
  expect(ask({ readiness, now: after(PROGRESS_DEADLINE_SECONDS - 1) }).kind).toBe("wait");
  expect(ask({ readiness, now: after(PROGRESS_DEADLINE_SECONDS) })).toEqual({ kind: "fail", revisions: [2] });
  const restarted = [ready(1, 1), { ...ready(2, 0, 1), progressSince: after(300) }];
  expect(ask({ readiness: restarted, now: after(PROGRESS_DEADLINE_SECONDS) }).kind).toBe("wait");
});

test("a failed plan is not tried again", () => {
  expect(ask({ plan: plan(5, [[1, 10_000]], { state: "failed" }) })).toEqual({ kind: "failed" });
});

test("what is there is not written again, and a higher number in the cluster stops everything", () => {
  expect(ask({ clusterPlan: 5, readiness: [] })).toEqual({ kind: "published" });
  const behind = (clusterPlan: number) => ({ kind: "stop", reason: "DatabaseBehindCluster", clusterPlan });
  expect(ask({ clusterPlan: 6 })).toEqual(behind(6));
  expect(ask({ clusterPlan: 5, clusterDecidedAt: after(-60).toISOString() })).toEqual(behind(5));
  expect(ask({ clusterPlan: 4, clusterDecidedAt: after(-60).toISOString() })).toEqual({ kind: "publish" });
});

test("an endpoint's removal waits for nothing", () => {
  expect(ask({ plan: plan(5, [], { kind: "delete" }), readiness: [] })).toEqual({ kind: "publish" });
});

test("progress counts from the last step forward, and is over when the replicas are there", () => {
  const started = trackProgress(null, { desired: 2, ready: 0 }, decidedAt);
  expect(started).toEqual({ since: decidedAt, deadlineMissedAt: null });
  const before = { desired: 2, ready: 0, ...started };
  expect(trackProgress(before, { desired: 2, ready: 0 }, after(599)).deadlineMissedAt).toBeNull();
  const missed = trackProgress(before, { desired: 2, ready: 0 }, after(600));
  expect(missed).toEqual({ since: decidedAt, deadlineMissedAt: after(600) });
  const still = trackProgress({ desired: 2, ready: 0, ...missed }, { desired: 2, ready: 0 }, after(700));
  expect(still.deadlineMissedAt).toEqual(after(600));
  expect(trackProgress({ desired: 2, ready: 0, ...missed }, { desired: 2, ready: 1 }, after(800))).toEqual({
    since: after(800),
    deadlineMissedAt: null,
  });
  expect(trackProgress(before, { desired: 2, ready: 2 }, after(5))).toEqual({ since: null, deadlineMissedAt: null });
});
