import { expect, test } from "vitest";
import {
  clusterCheck,
  databaseChecks,
  diskCheck,
  environmentChecks,
  type MetricsSeen,
  metricsChecks,
  webhookCheck,
  workerCheck,
} from "./checks.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const states = (checks: readonly { name: string; state: string }[]) =>
  checks.map(({ name, state }) => `${name}: ${state}`);

const DATABASE = {
  version: "18.4",
  bytes: 3_000_000,
  clockMs: 40,
  connectionsMax: 200,
  connectionsUsed: 20,
  migrationsMissing: [],
  migrationsNewer: 0,
};

test("a database is judged by its connections, its schema and its clock", () => {
  expect(states(databaseChecks(DATABASE))).toEqual(["Database: ok", "Schema: ok", "Clock: ok"]);
  const bad = { ...DATABASE, connectionsUsed: 195, migrationsMissing: ["2026_x"], clockMs: -90_000 };
  expect(states(databaseChecks(bad))).toEqual(["Database: warning", "Schema: failed", "Clock: warning"]);
  expect(states(databaseChecks({ ...DATABASE, migrationsNewer: 2 }))[1]).toBe("Schema: warning");
});

const METRICS: MetricsSeen = {
  targetsUp: 5,
  routersUp: 2,
  modelServersUp: 1,
  requestSeries: 4,
  labelledSeries: 4,
  gpus: 0,
};
const SERVING = { readyRouters: 2, readyModelPods: 1, gpuRevisions: 0 };

test("metrics are judged by what is scraped beside what runs, and by their labels", () => {
  expect(states(metricsChecks(METRICS, SERVING))).toEqual(["Prometheus: ok", "Metrics: ok", "GPU exporter: ok"]);
  expect(states(metricsChecks("It is away.", SERVING))).toEqual(["Prometheus: failed"]);
  expect(states(metricsChecks({ ...METRICS, targetsUp: 0 }, SERVING))).toEqual(["Prometheus: failed"]);
  expect(metricsChecks({ ...METRICS, routersUp: 1 }, SERVING)[1]?.sentence).toContain("1 of 2 routers");
  expect(metricsChecks({ ...METRICS, modelServersUp: 0 }, SERVING)[1]?.state).toBe("warning");
  expect(metricsChecks({ ...METRICS, labelledSeries: 3 }, SERVING)[1]).toMatchObject({
    state: "failed",
    sentence: expect.stringContaining("1 of 4"),
  });
  expect(metricsChecks(METRICS, { ...SERVING, gpuRevisions: 1 })[2]?.state).toBe("warning");
  expect(metricsChecks({ ...METRICS, gpus: 8 }, SERVING)[2]?.sentence).toContain("8");
});

const ENVIRONMENT = {
  name: "prod",
  namespace: "models",
  observedAt: ago(0),
  routersReady: 2,
  troubles: [],
  missingRights: [],
  imageTroubles: [],
};

test("an environment that nobody sees is not judged by what was seen of it", () => {
  const troubled = {
    ...ENVIRONMENT,
    troubles: [{ title: "T", message: "M.", fix: "F" }],
    missingRights: ["create secrets"],
  };
  expect(states(environmentChecks(ENVIRONMENT, NOW))).toEqual([
    "Environment prod: ok",
    "Rights in prod: ok",
    "Images in prod: ok",
  ]);
  expect(states(environmentChecks({ ...troubled, observedAt: ago(5) }, NOW))).toEqual(["Environment prod: failed"]);
  expect(states(environmentChecks({ ...troubled, observedAt: null }, NOW))).toEqual(["Environment prod: failed"]);
  const [environment, rights] = environmentChecks(troubled, NOW);
  expect(environment).toMatchObject({ state: "failed", sentence: "T. M.", fix: "F" });
  expect(rights).toMatchObject({ state: "failed", sentence: expect.stringContaining("create secrets") });
  expect(environmentChecks({ ...ENVIRONMENT, missingRights: null }, NOW)[1]?.state).toBe("warning");
  expect(environmentChecks({ ...ENVIRONMENT, imageTroubles: ["No image."] }, NOW)[2]?.state).toBe("failed");
});

test("a cluster, a worker and a webhook say since when they are as they are", () => {
  const reachable = { status: "False", reason: "NoAnswer", message: "refused", since: ago(7) };
  expect(clusterCheck({ name: "c", reachable, sameAs: [] }, NOW)).toMatchObject({
    state: "failed",
    sentence: expect.stringContaining("7 min ago"),
  });
  expect(clusterCheck({ name: "c", reachable: { ...reachable, status: "True" }, sameAs: ["d"] }, NOW).state).toBe(
    "warning",
  );
  expect(clusterCheck({ name: "c", reachable: null, sameAs: [] }, NOW).state).toBe("warning");
  expect([workerCheck(null, NOW).state, workerCheck(ago(300), NOW).sentence]).toEqual([
    "failed",
    "One leads; it connected 5 h ago.",
  ]);
  const last = {
    event: "incident.opened",
    at: ago(9),
    deliveredAt: null,
    error: "status 500",
    attempts: 3,
    givenUp: false,
  };
  expect(webhookCheck({ configured: true, last }, NOW)).toMatchObject({
    state: "failed",
    sentence: expect.stringContaining("500"),
  });
  expect(webhookCheck({ configured: true, last: { ...last, deliveredAt: ago(1) } }, NOW).state).toBe("ok");
  expect(webhookCheck({ configured: true, last: { ...last, error: null, attempts: 0 } }, NOW).state).toBe("ok");
  expect(webhookCheck({ configured: false, last: null }, NOW).state).toBe("warning");
});

test("a disk is judged by what is left for the next uploads", () => {
  const gib = 1024 ** 3;
  expect(diskCheck("Disk", { freeBytes: 0.1 * gib, totalBytes: 100 * gib }).state).toBe("failed");
  expect(diskCheck("Disk", { freeBytes: gib, totalBytes: 100 * gib }).state).toBe("warning");
  expect(diskCheck("Disk", { freeBytes: gib, totalBytes: 4 * gib }).state).toBe("ok");
});

test("whatever is wrong comes with a fix, and nothing else does", () => {
  const all = [
    ...databaseChecks({ ...DATABASE, clockMs: 1e6, connectionsUsed: 200, migrationsNewer: 1 }),
    ...metricsChecks(METRICS, SERVING),
    ...metricsChecks("away", null),
    ...environmentChecks({ ...ENVIRONMENT, missingRights: null }, NOW),
    workerCheck(null, NOW),
  ];
  for (const { state, fix } of all) expect(fix === null).toBe(state === "ok");
});
