import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "#server/config/env.ts";
import { type Database, openDatabase } from "#server/db/client.ts";
import { reportEndpoint } from "#server/db/reconcile/endpoint-report.ts";
import {
  endIncident,
  type HealthRow,
  openIncident,
  saveHealth,
  worsenIncident,
} from "#server/db/reconcile/health-state.ts";
import { type IncidentEvent, tellWebhook } from "#server/db/reconcile/webhook-deliveries.ts";
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

test("an incident that silence kept to itself is told when the silence is over, if it is open and nobody's", async () => {
  const anIncident = async (name: string, over: object = {}) => {
    const { uid } = await anEndpoint(name);
    await db.read.$executeRaw`UPDATE "Endpoint" SET "silencedUntil" = clock_timestamp() + interval '500 ms'
      WHERE uid = ${uid}::uuid`;
    const { silencedUntil } = await db.read.endpoint.findUniqueOrThrow({ where: { uid } });
    const data = { endpointUid: uid, cause: "no pods", severity: "Failing", since: new Date(), ...over };
    return { ...(await db.read.incident.create({ data })), silencedUntil };
  };
  const taken = await anIncident("taken", { acknowledgedAt: new Date(), acknowledgedBy: "Bo" });
  const ended = await anIncident("ended", { resolvedAt: new Date(), resolvedBy: "Bo" });
  const open = await anIncident("open");
  const scopes = createScopes(createClusters(), randomUUID(), { changed: () => undefined, synced: () => undefined });
  const config = loadConfig({
    DATABASE_URL: fresh.url,
    SLIPWAY_SECRET_KEY: "a-secret-key-for-tests-only",
    SLIPWAY_WEBHOOK_URL: "http://127.0.0.1:1/",
    SLIPWAY_WEBHOOK_SECRET: "a-webhook-secret-for-tests",
  });
  const deliveries = (incidentId: string) => db.read.webhookDelivery.findMany({ where: { incidentId } });
  const ctx = { db, scopes, log: createLog("worker", "silent") };
  const watching = watchHealth(ctx, config, { everyMs: 50, incidentAfterMs: 0 });
  try {
    const [told] = await until("it to be told", async () => {
      const found = await deliveries(open.id);
      return found.length > 0 && found;
    });
    expect(told?.event).toBe("incident.opened");
    expect(told?.createdAt.getTime()).toBeGreaterThanOrEqual(open.silencedUntil?.getTime() ?? Number.NaN);
  } finally {
    await watching.stop();
  }
  expect(await deliveries(open.id)).toHaveLength(1);
  for (const { id } of [taken, ended]) expect(await deliveries(id)).toEqual([]);
});

test("while it is silent, the end of an incident is told to whoever was told of it, and of no other", async () => {
  const { uid } = await anEndpoint("silent");
  await db.read.endpoint.update({ where: { uid }, data: { silencedUntil: new Date(Date.now() + 3_600_000) } });
  const anIncident = () =>
    db.read.incident.create({ data: { endpointUid: uid, cause: "", severity: "Failing", since: new Date() } });
  const tell = (id: string, event: IncidentEvent) => db.inTransaction((tx) => tellWebhook(tx, id, event, true));
  const events = async (incidentId: string) =>
    (await db.read.webhookDelivery.findMany({ where: { incidentId }, orderBy: { createdAt: "asc" } })).map(
      ({ event }) => event,
    );
  const ends = (id: string) => db.inTransaction((tx) => endIncident(tx, id));
  const kept = await anIncident();
  for (const event of ["incident.opened", "incident.acknowledged"] as const) await tell(kept.id, event);
  await ends(kept.id);
  await tell(kept.id, "incident.resolved");
  expect(await events(kept.id)).toEqual([]);
  const known = await anIncident();
  await db.read.webhookDelivery.create({ data: { incidentId: known.id, event: "incident.opened" } });
  await ends(known.id);
  await tell(known.id, "incident.resolved");
  expect(await events(known.id)).toEqual(["incident.opened", "incident.resolved"]);
});

const aMiss = (endpointUid: string, over: Partial<HealthRow> = {}): HealthRow => ({
  endpointUid,
  state: "Degraded",
  cause: "v2 · r2 answers 4 % errors (target 1 %)",
  revision: 2,
  target: "errorRatioMax",
  blind: null,
  since: new Date(),
  missedSince: new Date(),
  metSince: null,
  after: null,
  ...over,
});

test("an incident that worsens speaks of one miss alone, and one that is over stays as it was", async () => {
  const { uid } = await anEndpoint("worse");
  const id = (await db.inTransaction((tx) => openIncident(tx, aMiss(uid), 0.01))) ?? "none";
  const pods = aMiss(uid, { state: "Failing", cause: "no pods", revision: null, target: "readyPodsMin" });
  await db.inTransaction((tx) => worsenIncident(tx, id, pods, 1));
  const worse = { severity: "Failing", cause: "no pods", revision: null, target: "readyPodsMin", threshold: 1 };
  expect(await db.read.incident.findUnique({ where: { id } })).toMatchObject(worse);
  await db.inTransaction((tx) => endIncident(tx, id));
  await db.inTransaction((tx) => worsenIncident(tx, id, aMiss(uid, { state: "Failing" }), 0.01));
  expect(await db.read.incident.findUnique({ where: { id } })).toMatchObject(worse);
});

test("an endpoint that was deleted while a look was under way has no incident", async () => {
  const { uid } = await anEndpoint("deleted-meanwhile");
  await db.read.endpoint.update({ where: { uid }, data: { deletedAt: new Date() } });
  expect(await db.inTransaction((tx) => openIncident(tx, aMiss(uid), 0.01))).toBeNull();
  expect(await db.read.incident.count({ where: { endpointUid: uid } })).toBe(0);
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
      aMiss(uid, { state: missedSince === null ? "Healthy" : "Degraded", since: minute(0), missedSince }),
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
