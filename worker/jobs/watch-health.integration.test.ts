import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "#server/config/env.ts";
import { type Database, openDatabase } from "#server/db/client.ts";
import { reportEndpoint } from "#server/db/reconcile/endpoint-report.ts";
import { saveHealth } from "#server/db/reconcile/health-state.ts";
import { createLog } from "#server/observability/log.ts";
import { type FreshDatabase, freshDatabase } from "#test/support/postgres.ts";
import { until } from "#test/support/worker-harness.ts";
import { createClusters } from "#worker/runtime/clusters.ts";
import { createScopes } from "#worker/runtime/scope.ts";
import { watchHealth } from "./watch-health.ts";

let fresh: FreshDatabase;
let db: Database;
let environmentId: string;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase(fresh.url);
  const cluster = await db.read.cluster.create({ data: { name: "c" } });
  const environment = await db.read.environment.create({
    data: {
      name: "e",
      clusterId: cluster.id,
      namespace: "e",
      kind: "development",
      gatewayUrl: "http://127.0.0.1:1",
      imagePrefix: "x/",
      warmReplicas: 0,
      createdBy: "test",
    },
  });
  environmentId = environment.id;
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const anEndpoint = (name: string, healthTargets: object = {}) =>
  db.read.endpoint.create({ data: { name, environmentId, salt: "s", healthTargets, createdBy: "test" } });
const healthOf = (endpointUid: string) => db.read.endpointHealth.findUnique({ where: { endpointUid } });

test("while whoever is told of incidents says nothing, and one endpoint cannot be read, the others are judged", async () => {
  const silent = createServer();
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const config = loadConfig({
    DATABASE_URL: fresh.url,
    SLIPWAY_SECRET_KEY: "a-secret-key-for-tests-only",
    SLIPWAY_WEBHOOK_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`,
    SLIPWAY_WEBHOOK_SECRET: "a-webhook-secret-for-tests",
    SLIPWAY_WEBHOOK_ALLOW_PRIVATE: "true",
  });
  await anEndpoint("unreadable", { errorRatioMax: "none" });
  const told = await anEndpoint("told");
  const incident = await db.read.incident.create({
    data: { endpointUid: told.uid, cause: "no pods", severity: "Failing", since: new Date() },
  });
  await db.read.webhookDelivery.create({ data: { incidentId: incident.id, event: "incident.opened" } });
  const listener = { changed: () => undefined, synced: () => undefined };
  const ctx = {
    db,
    scopes: createScopes(createClusters(), randomUUID(), listener),
    log: createLog("worker", "silent"),
  };
  const asked = once(silent, "request");
  const watching = watchHealth(ctx, config, { everyMs: 100, incidentAfterMs: 0 });
  try {
    await asked;
    const { uid } = await anEndpoint("late");
    await until("it to be judged", () => healthOf(uid), 5_000);
  } finally {
    silent.closeAllConnections();
    silent.close();
    await watching.stop();
  }
});

test("a pod's last words are reported though PostgreSQL could not hold them as they are", async () => {
  const { uid } = await anEndpoint("talker");
  const model = await db.read.model.create({ data: { name: "m", createdBy: "test" } });
  const digest = `sha256:${"0".repeat(64)}`;
  await db.read.artifact.create({ data: { digest, sizeBytes: 1, createdBy: "test" } });
  const version = await db.read.modelVersion.create({
    data: {
      modelId: model.id,
      number: 1,
      artifactDigest: digest,
      format: "onnx",
      status: "ready",
      signature: {},
      metrics: {},
      params: {},
      createdBy: "test",
    },
  });
  const { id: revisionId } = await db.read.revision.create({
    data: {
      endpointUid: uid,
      number: 1,
      versionId: version.id,
      runtime: "onnx",
      replicasMin: 1,
      replicasMax: 1,
      resources: {},
      env: {},
      createdBy: "test",
    },
  });
  // A zero byte, and half of a sign that is two units long.
  const words = `bad input \0 \u{1F4A5}`.slice(0, -1);
  const condition = {
    subjectKind: "endpoint",
    subjectId: uid,
    type: "Degraded",
    status: "True",
    reason: "ReconcileFailed",
    message: words,
    observedGeneration: 1,
  } as const;
  await reportEndpoint(db, {
    endpointUid: uid,
    observedGeneration: 1,
    publishedPlan: 0,
    acknowledged: 0,
    routers: 0,
    purged: false,
    plans: [],
    revisions: [
      {
        revisionId,
        desiredReplicas: 1,
        readyReplicas: 0,
        progressSince: null,
        deadlineMissedAt: null,
        pods: [],
        events: [],
        trouble: { code: "crash", message: words, fix: "See its log." },
      },
    ],
    conditions: [condition],
    acks: [],
    routerPodUids: null,
  });
  const status = await db.read.revisionStatus.findUniqueOrThrow({ where: { revisionId } });
  expect(status.trouble).toMatchObject({ message: "bad input \uFFFD \uFFFD" });
  expect(await db.read.condition.findFirst({ where: { subjectId: uid } })).toMatchObject({
    message: "bad input \uFFFD \uFFFD",
  });
});

test("what a person resolved while a look was under way does not begin earlier again by what the look had loaded", async () => {
  const { uid } = await anEndpoint("resolved");
  const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 10, n));
  const look = (missedSince: Date | null) =>
    saveHealth(db, [
      {
        endpointUid: uid,
        state: missedSince === null ? "Healthy" : "Degraded",
        cause: "",
        revision: null,
        target: null,
        blind: null,
        since: minute(0),
        missedSince,
        metSince: null,
        after: null,
      },
    ]);
  const missedSince = async () => (await healthOf(uid))?.missedSince;
  await look(minute(1));
  expect(await missedSince()).toEqual(minute(1));
  await db.read.endpointHealth.update({ where: { endpointUid: uid }, data: { missedSince: minute(5) } });
  await look(minute(1));
  expect(await missedSince()).toEqual(minute(5));
  await look(null);
  expect(await missedSince()).toBeNull();
});
