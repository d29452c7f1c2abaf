import fc from "fast-check";
import { expect, test } from "vitest";
import { decideHealth, type HealthQuestion, type HealthView, type ServingRevision, unseenHealth } from "./health.ts";
import { healthSentence, isOfRefusals } from "./health-words.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 2, 48) + seconds * 1000);
const AWAY = { why: "Prometheus does not answer", since: at(180) };

const TARGETS = { errorRatioMax: 0.01, latencyMsP99Max: 1_000, readyPodsMin: 1 };
const serving = (over: Partial<ServingRevision> = {}): ServingRevision => ({
  revision: 5,
  model: "credit",
  version: "8",
  weightBps: 10_000,
  ready: 2,
  desired: 2,
  requestsPerSecond: 10,
  errorRatio: 0,
  refusedRatio: 0,
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
  expect(ask()).toEqual({
    state: "Healthy",
    cause: "2 of 2 pods ready",
    revision: null,
    target: null,
    missed: false,
    blind: null,
  });
});

test("the worst revision gives the cause, with what it does and its target", () => {
  const bad = serving({ revision: 5, version: "8", errorRatio: 0.041, weightBps: 1_000, requestsPerSecond: 5 });
  const good = serving({ revision: 4, version: "7", weightBps: 9_000, requestsPerSecond: 45, errorRatio: 0.02 });
  expect(ask({ serving: [good, bad] })).toEqual({
    state: "Degraded",
    cause: "v8 · r5 answers 4.1 % errors (target 1 %)",
    revision: 5,
    target: "errorRatioMax",
    missed: true,
    blind: null,
  });
});

test("a cause among two models names the model, as both have a v1", () => {
  const bad = serving({ revision: 2, model: "net", version: "1", errorRatio: 0.3 });
  const good = serving({ revision: 1, model: "tree", version: "1" });
  expect(ask({ serving: [good, bad] }).cause).toBe("net v1 · r2 answers 30 % errors (target 1 %)");
});

test("callers failed by half or more is Failing; one bad candidate among many callers is Degraded", () => {
  expect(ask({ serving: [serving({ errorRatio: 0.6 })] }).state).toBe("Failing");
  const candidate = serving({ revision: 6, errorRatio: 1, requestsPerSecond: 1 });
  expect(ask({ serving: [serving(), candidate] })).toMatchObject({ state: "Degraded", revision: 6 });
});

test("no ready pod at all is Failing, whatever the metrics say; too few of one revision is Degraded", () => {
  expect(ask({ serving: [serving({ ready: 0 })], blindToMetrics: AWAY })).toEqual({
    state: "Failing",
    cause: "v8 · r5 has no ready pod",
    revision: 5,
    target: "readyPodsMin",
    missed: true,
    blind: { ...AWAY, to: "metrics" },
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

/** v1 and v2 of one model, a half of the callers each, ten a second. */
const halves = (first: Partial<ServingRevision>, second: Partial<ServingRevision>) => [
  serving({ revision: 1, version: "1", weightBps: 5_000, ...first }),
  serving({ revision: 2, version: "2", weightBps: 5_000, ...second }),
];

test("what one revision refuses and another takes is the refusing one's doing, and misses the target of errors", () => {
  expect(ask({ serving: halves({ refusedRatio: 0.003 }, { refusedRatio: 0.3 }) })).toEqual({
    state: "Degraded",
    cause: "v2 · r2 refuses 30 % of its requests, v1 · r1 0.3 % (target 1 %)",
    revision: 2,
    target: "errorRatioMax",
    missed: true,
    blind: null,
  });
  const third = serving({ revision: 3, version: "3", refusedRatio: 0.1 });
  const least = ask({ serving: [...halves({ refusedRatio: 0.2 }, { refusedRatio: 0.5 }), third] });
  expect(least.cause).toBe("v2 · r2 refuses 50 % of its requests, v3 · r3 10 % (target 1 %)");
});

test("refused or failed by half or more is Failing, whichever of the two gives the cause", () => {
  expect(ask({ serving: halves({}, { refusedRatio: 1 }) }).state).toBe("Failing");
  expect(ask({ serving: halves({}, { refusedRatio: 0.98 }) }).state).toBe("Degraded");
  const failing = ask({ serving: halves({ errorRatio: 0.1 }, { refusedRatio: 0.95 }) });
  expect(failing).toMatchObject({ state: "Failing", cause: "v1 · r1 answers 10 % errors (target 1 %)" });
});

test("callers' own mistakes, which all revisions refuse alike, are no miss, and too few requests compare nothing", () => {
  const stateOf = (...revisions: ServingRevision[]) => ask({ serving: revisions }).state;
  expect(stateOf(...halves({ refusedRatio: 0.4 }, { refusedRatio: 0.41 }))).toBe("Healthy");
  expect(stateOf(...halves({ requestsPerSecond: 19 / 60 }, { refusedRatio: 1 }))).toBe("Healthy");
  expect(stateOf(...halves({}, { refusedRatio: 1, requestsPerSecond: 19 / 60 }))).toBe("Healthy");
  const refused = (count: number) => ({ refusedRatio: count / 20, requestsPerSecond: 20 / 60 });
  expect(stateOf(...halves({}, refused(2)))).toBe("Healthy");
  expect(stateOf(...halves({}, refused(3)))).toBe("Degraded");
});

test("a revision that refuses most and has nothing to be compared with is Healthy, but not in silence", () => {
  const one = { revision: 2, version: "2", ready: 1, desired: 1, refusedRatio: 1 };
  expect(ask({ serving: [serving(one)] })).toMatchObject({
    state: "Healthy",
    cause: "1 of 1 pod ready, v2 · r2 refuses 100 % of its requests",
    missed: false,
  });
  expect(ask({ serving: [serving({ ...one, refusedRatio: 0.49 })] }).cause).toBe("1 of 1 pod ready");
  expect(ask({ serving: [serving({ ...one, requestsPerSecond: 19 / 60 })] }).cause).toBe("1 of 1 pod ready");
  expect(ask({ serving: halves({ refusedRatio: 0.9 }, { refusedRatio: 0.9 }) }).cause).toContain("refuses 90 %");
});

test("an incident's chart knows by the sentence whether refusals broke it", () => {
  expect(isOfRefusals(ask({ serving: halves({}, { refusedRatio: 1 }) }).cause)).toBe(true);
  const named = { model: "refuses-nothing", errorRatio: 1 };
  expect(isOfRefusals(ask({ serving: halves(named, {}) }).cause)).toBe(false);
});

test("without metrics, ready pods are Unknown and never Healthy; a silent endpoint with metrics is Healthy and says so", () => {
  const silent = { requestsPerSecond: null, errorRatio: null, refusedRatio: null, latencyMsP99: null };
  expect(ask({ serving: [serving(silent)], blindToMetrics: AWAY })).toMatchObject({
    state: "Unknown",
    cause: "2 of 2 pods ready",
    missed: null,
    blind: { ...AWAY, to: "metrics" },
  });
  expect(ask({ serving: [serving(silent)] }).cause).toBe("2 of 2 pods ready, no requests now");
});

test("an unseen cluster is Unknown, an endpoint before its first revision too", () => {
  expect(ask({ blindToCluster: { why: "its cluster does not answer", since: at(0) } })).toMatchObject({
    state: "Unknown",
    missed: null,
    blind: { to: "cluster", why: "its cluster does not answer" },
  });
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

test("the sentence names since when, the change before it when that was within the hour, and what cannot be seen", () => {
  const view: HealthView = {
    state: "Degraded",
    cause: "v8 · r5 answers 4.1 % errors (target 1 %)",
    revision: 5,
    target: "errorRatioMax",
    blind: null,
    since: at(180).toISOString(),
    after: { plan: 41, at: at(0).toISOString() },
  };
  const told = (over: Partial<HealthView>) => healthSentence({ ...view, ...over }, (iso) => iso.slice(11, 16));
  const degraded = "Degraded: v8 · r5 answers 4.1 % errors (target 1 %) since 02:51";
  expect(told({ state: "Deploying", cause: "waiting for a ready pod of r3" })).toMatch(/since \d\d:\d\d$/);
  expect(told({})).toBe(`${degraded}, 3 min after change #41`);
  expect(told({ after: { plan: 41, at: at(-4000).toISOString() } })).toBe(degraded);
  const blind = { why: AWAY.why, since: at(1200).toISOString() };
  expect(told({ after: null, blind })).toBe(`${degraded}; Prometheus does not answer since 03:08`);
  expect(told({ state: "Healthy", cause: "2 of 2 pods ready" })).toBe("Healthy: 2 of 2 pods ready");
  expect(told({ state: "Unknown", cause: "2 of 2 pods ready", blind })).toBe(
    "Unknown: 2 of 2 pods ready, but Prometheus does not answer since 03:08",
  );
  expect(told({ state: "Unknown", cause: "", blind })).toBe("Unknown: Prometheus does not answer since 03:08");
});

test("what nobody looks at any more is Unknown, but trouble stays told", () => {
  const blind = { why: "the worker does not see the cluster", since: at(1200).toISOString() };
  const view: HealthView = {
    state: "Healthy",
    cause: "",
    revision: null,
    target: null,
    blind: null,
    since: null,
    after: null,
  };
  const told = (over: Partial<HealthView>) =>
    healthSentence(unseenHealth({ ...view, ...over }, blind), (iso) => iso.slice(11, 16));
  expect(told({})).toBe("Unknown: it was Healthy, but the worker does not see the cluster since 03:08");
  const away = { why: "its cluster does not answer", since: at(1140).toISOString() };
  expect(told({ state: "Unknown", blind: away })).toBe("Unknown: its cluster does not answer since 03:07");
  expect(told({ state: "Failing", cause: "v8 · r5 has no ready pod", since: at(0).toISOString() })).toBe(
    "Failing: v8 · r5 has no ready pod since 02:48; the worker does not see the cluster since 03:08",
  );
});

test("a verdict never claims health that was not seen, and never misses without a cause", () => {
  const ratio = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null });
  const one = fc.record({
    revision: fc.integer({ min: 1, max: 9 }),
    model: fc.constantFrom("tree", "net"),
    version: fc.constant("1"),
    weightBps: fc.constant(1),
    ready: fc.integer({ min: 0, max: 3 }),
    desired: fc.integer({ min: 0, max: 3 }),
    requestsPerSecond: fc.option(fc.double({ min: 0, max: 1000, noNaN: true }), { nil: null }),
    errorRatio: ratio,
    refusedRatio: ratio,
    latencyMsP99: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: null }),
  });
  const why = fc.option(fc.constant("because"), { nil: null });
  const unseen = fc.option(fc.constant(AWAY), { nil: null });
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 4 }),
      why,
      unseen,
      unseen,
      (list, deploying, blindToCluster, blindToMetrics) => {
        const verdict = ask({ serving: list, deploying, blindToCluster, blindToMetrics });
        if (verdict.state === "Healthy") expect(blindToCluster ?? blindToMetrics ?? deploying).toBe(null);
        if (verdict.missed === false) expect(list.every(({ ready }) => ready >= TARGETS.readyPodsMin)).toBe(true);
        expect(verdict.missed === true).toBe(verdict.state === "Degraded" || verdict.state === "Failing");
        expect(verdict.cause !== "" || verdict.blind !== null).toBe(true);
      },
    ),
  );
});

test("refusals are missed of a revision that refuses more than another, never of all alike, in whichever order they come", () => {
  const one = fc.record({
    requestsPerSecond: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null }),
    refusedRatio: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 4 }), (list) => {
      const all = list.map((more, index) => serving({ revision: index + 1, ...more }));
      const verdict = ask({ serving: all });
      const judged = all.filter(({ requestsPerSecond }) => (requestsPerSecond ?? 0) * 60 >= 20);
      const ratios = judged.map(({ refusedRatio }) => refusedRatio ?? 0);
      const apart = Math.max(...ratios) - Math.min(...ratios);
      if (verdict.missed === true) {
        expect(apart).toBeGreaterThan(TARGETS.errorRatioMax);
        expect(judged.find(({ revision }) => revision === verdict.revision)?.refusedRatio).toBeGreaterThan(
          Math.min(...ratios),
        );
      }
      expect(ask({ serving: all.toReversed() })).toMatchObject({ state: verdict.state, missed: verdict.missed });
      expect(ask({ serving: all.map((revision) => ({ ...revision, refusedRatio: 0.7 })) }).missed).toBe(false);
    }),
  );
});
