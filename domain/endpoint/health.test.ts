import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decideHealth,
  decideIncident,
  type HealthQuestion,
  type HealthRecord,
  healthSentence,
  INCIDENT_AFTER_MS,
  recordHealth,
  type ServingRevision,
} from "./health.ts";

const TARGETS = { errorRatioMax: 0.01, latencyMsP99Max: 1_000, readyPodsMin: 1 };
const serving = (over: Partial<ServingRevision> = {}): ServingRevision => ({
  revision: 5,
  version: "8",
  weightBps: 10_000,
  ready: 2,
  desired: 2,
  requestsPerSecond: 10,
  errorRatio: 0,
  latencyMsP99: 40,
  ...over,
});
const ask = (over: Partial<HealthQuestion> = {}) =>
  decideHealth({
    targets: TARGETS,
    serving: [serving()],
    deploying: null,
    deployFailed: null,
    blindToCluster: null,
    blindToMetrics: null,
    windowSeconds: 60,
    ...over,
  });

test("all targets met is Healthy, with its pods", () => {
  expect(ask()).toEqual({ state: "Healthy", cause: "2 of 2 pods ready", revision: null, missed: false });
});

test("the worst revision gives the cause, with what it does and its target", () => {
  const bad = serving({ revision: 5, version: "8", errorRatio: 0.041, weightBps: 1_000, requestsPerSecond: 5 });
  const good = serving({ revision: 4, version: "7", weightBps: 9_000, requestsPerSecond: 45, errorRatio: 0.02 });
  expect(ask({ serving: [good, bad] })).toEqual({
    state: "Degraded",
    cause: "v8 · r5 answers 4.1 % errors (target 1 %)",
    revision: 5,
    missed: true,
  });
});

test("callers failed by half or more is Failing; one bad candidate among many callers is Degraded", () => {
  expect(ask({ serving: [serving({ errorRatio: 0.6 })] }).state).toBe("Failing");
  const candidate = serving({ revision: 6, errorRatio: 1, requestsPerSecond: 1 });
  expect(ask({ serving: [serving(), candidate] })).toMatchObject({ state: "Degraded", revision: 6 });
});

test("no ready pod at all is Failing, whatever the metrics say; too few of one revision is Degraded", () => {
  expect(ask({ serving: [serving({ ready: 0 })], blindToMetrics: "gone" })).toEqual({
    state: "Failing",
    cause: "v8 · r5 has no ready pod",
    revision: 5,
    missed: true,
  });
  const two = ask({ serving: [serving(), serving({ revision: 6, version: "9", ready: 0 })] });
  expect(two).toMatchObject({ state: "Degraded", cause: "v9 · r6 has 0 ready pods (target 1)", revision: 6 });
});

test("slow answers are told with the p99 and its target, once there are enough of them", () => {
  const slow = { latencyMsP99: 2_340 };
  expect(ask({ serving: [serving(slow)] }).cause).toBe("v8 · r5 answers in 2.3 s at p99 (target 1 s)");
  expect(ask({ serving: [serving({ ...slow, requestsPerSecond: 0.1 })] }).state).toBe("Healthy");
});

test("two errors in a minute are no trend; three are", () => {
  const at = (requestsPerSecond: number) => ask({ serving: [serving({ requestsPerSecond, errorRatio: 1 })] }).state;
  expect(at(2 / 60)).toBe("Healthy");
  expect(at(3 / 60)).toBe("Failing");
});

test("without metrics, ready pods are Unknown and never Healthy; a silent endpoint with metrics is Healthy and says so", () => {
  const silent = { requestsPerSecond: null, errorRatio: null, latencyMsP99: null };
  expect(ask({ serving: [serving(silent)], blindToMetrics: "Prometheus does not answer since 02:51" })).toEqual({
    state: "Unknown",
    cause: "2 of 2 pods ready, but Prometheus does not answer since 02:51",
    revision: null,
    missed: null,
  });
  expect(ask({ serving: [serving(silent)] }).cause).toBe("2 of 2 pods ready, no requests now");
});

test("an unseen cluster is Unknown, an endpoint before its first revision too", () => {
  expect(ask({ blindToCluster: "its cluster does not answer" })).toMatchObject({ state: "Unknown", missed: null });
  expect(ask({ serving: [] })).toMatchObject({ state: "Unknown", cause: "nothing is served yet" });
});

test("a change on its way is Deploying, but never hides what is missed meanwhile", () => {
  const deploying = "waiting for a ready pod of r6";
  expect(ask({ deploying })).toMatchObject({ state: "Deploying", cause: deploying });
  expect(ask({ deploying, serving: [] })).toMatchObject({ state: "Deploying", missed: null });
  expect(ask({ deploying, serving: [serving({ errorRatio: 0.3 })] }).state).toBe("Degraded");
  expect(ask({ deployFailed: "r1 had no pods ready in time", serving: [] })).toMatchObject({
    state: "Failing",
    missed: true,
  });
});

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 2, 48) + seconds * 1000);
const MISSED = { state: "Degraded", cause: "bad", revision: 5, missed: true } as const;
const MET = { state: "Healthy", cause: "good", revision: null, missed: false } as const;
const BLIND = { state: "Unknown", cause: "?", revision: null, missed: null } as const;
const AFTER = { plan: 41, at: at(0) };

test("the sentence names since when, and the change before it when that was within the hour", () => {
  const record = recordHealth(null, { ...MISSED, cause: "v8 · r5 answers 4.1 % errors (target 1 %)" }, AFTER, at(180));
  const view = {
    ...record,
    since: record.since.toISOString(),
    after: { plan: 41, at: AFTER.at.toISOString() },
  };
  const clock = (iso: string) => iso.slice(11, 16);
  expect(healthSentence(view, clock)).toBe(
    "Degraded: v8 · r5 answers 4.1 % errors (target 1 %) since 02:51, 3 min after change #41",
  );
  expect(healthSentence({ ...view, after: { plan: 41, at: at(-4000).toISOString() } }, clock)).not.toContain("#41");
  expect(healthSentence({ ...view, state: "Healthy", cause: "2 of 2 pods ready" }, clock)).toBe(
    "Healthy: 2 of 2 pods ready",
  );
});

test("since when holds while the state does, and the change that is named stays the one before it", () => {
  const first = recordHealth(null, MISSED, AFTER, at(0));
  const second = recordHealth(first, { ...MISSED, cause: "worse" }, { plan: 42, at: at(20) }, at(30));
  expect(second).toMatchObject({ cause: "worse", since: at(0), missedSince: at(0), after: AFTER });
  expect(recordHealth(second, MET, AFTER, at(60))).toMatchObject({
    since: at(60),
    missedSince: null,
    metSince: at(60),
  });
});

test("two minutes missed open one incident, two minutes met end it; what nobody can see does neither", () => {
  let record: HealthRecord | null = null;
  let open: { severity: string } | null = null;
  const told: string[] = [];
  const timeline = [
    [0, MISSED],
    [60, BLIND],
    [119, MISSED],
    [120, MISSED],
    [130, MISSED],
    [140, MET],
    [200, BLIND],
    [210, MET],
    [329, MET],
    [330, MET],
    [400, MET],
  ] as const;
  for (const [second, verdict] of timeline) {
    record = recordHealth(record, verdict, AFTER, at(second));
    const decision = decideIncident(record, open, at(second));
    if (decision === "open") open = { severity: "Degraded" };
    if (decision === "resolve") open = null;
    if (decision !== null) told.push(`${second} ${decision}`);
  }
  expect(told).toEqual(["120 open", "330 resolve"]);
});

test("an open incident becomes worse once", () => {
  const failing = recordHealth(null, { ...MISSED, state: "Failing" }, AFTER, at(0));
  expect(decideIncident(failing, { severity: "Degraded" }, at(1))).toBe("worsen");
  expect(decideIncident(failing, { severity: "Failing" }, at(1))).toBe(null);
});

test("a verdict never claims health that was not seen, and never misses without a cause", () => {
  const ratio = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null });
  const one = fc.record({
    revision: fc.integer({ min: 1, max: 9 }),
    version: fc.constant("1"),
    weightBps: fc.constant(1),
    ready: fc.integer({ min: 0, max: 3 }),
    desired: fc.integer({ min: 0, max: 3 }),
    requestsPerSecond: fc.option(fc.double({ min: 0, max: 1000, noNaN: true }), { nil: null }),
    errorRatio: ratio,
    latencyMsP99: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: null }),
  });
  const why = fc.option(fc.constant("because"), { nil: null });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 4 }), why, why, why, (list, deploying, blindToCluster, blindToMetrics) => {
      const verdict = ask({ serving: list, deploying, blindToCluster, blindToMetrics });
      if (verdict.state === "Healthy") expect(blindToCluster ?? blindToMetrics ?? deploying).toBe(null);
      expect(verdict.missed === true).toBe(verdict.state === "Degraded" || verdict.state === "Failing");
      expect(verdict.cause).not.toBe("");
    }),
  );
  expect(INCIDENT_AFTER_MS).toBe(120_000);
});
