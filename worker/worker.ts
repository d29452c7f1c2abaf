import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { fieldManagerOf, LABEL } from "#domain/shared/cluster-names.ts";
import { artifactPlane } from "#server/adapters/artifact-plane/http.ts";
import { artifactFolder } from "#server/adapters/artifacts/folder.ts";
import type { Config } from "#server/config/env.ts";
import { release } from "#server/config/release.ts";
import { type Database, openDatabase } from "#server/db/client.ts";
import { allKeys, changesAfter, installationId, newestChangeId } from "#server/db/reconcile/changes.ts";
import { REQUEST_CHANNEL } from "#server/db/reconcile/requests.ts";
import { CHANGE_CHANNEL, type ChangeKey, NEWS_CHANNEL } from "#server/db/record-change.ts";
import { createVault } from "#server/db/vault.ts";
import type { Log } from "#server/observability/log.ts";
import { isClusterError } from "#server/ports/cluster.ts";
import { type HealthPace, watchHealth } from "./jobs/watch-health.ts";
import { reconcile } from "./reconcilers/dispatch.ts";
import { createAnswering } from "./reconcilers/dry-run.ts";
import { isArtifactStore, keysOf } from "./reconcilers/wake.ts";
import { createClusters } from "./runtime/clusters.ts";
import type { WorkerContext } from "./runtime/context.ts";
import { type Leadership, lead } from "./runtime/election.ts";
import type { HitFailpoint } from "./runtime/failpoint.ts";
import { createHeartbeats } from "./runtime/heartbeat.ts";
import { clusterKey, endpointKey, environmentKey, isArtifactKey } from "./runtime/keys.ts";
import { createMetrics, type WorkerMetrics } from "./runtime/metrics.ts";
import { createPresence } from "./runtime/presence.ts";
import { createQueue, withLane } from "./runtime/queue.ts";
import { createScopes, type Scope, type Scopes } from "./runtime/scope.ts";

export type WorkerOptions = Readonly<{
  config: Config;
  log: Log;
  metrics?: WorkerMetrics;
  failpoint: HitFailpoint;
  concurrency: number;
  /** How often everything is looked at without a reason, and how often the change rows are read without a hint. */
  resyncMs: number;
  pollMs: number;
  health: HealthPace;
  /** Another worker may lead from now on: nothing of this one may go on. */
  onLost(cause: Error): void;
}>;

export type Worker = Readonly<{
  /** Finishes what runs, then lets go of the lock. */
  stop(): Promise<void>;
}>;

/** Waits for leadership, then acts until `stop`. Throws when the database cannot be used. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { config, log } = options;
  const leadership = await lead(config.databaseDirectUrl, options.onLost);
  // Reconciling the same few statements over and over: planning the one that loads an endpoint takes longer than running it.
  const db = openDatabase(config.databaseUrl, { keepStatements: config.databaseUrl === config.databaseDirectUrl });
  const installation = await installationOf(db, log);
  const ctx = await createContext(options, db, installation);
  ctx.metrics.leader.set(1);
  log.info({ installation }, "leading");
  const stopFollowing = await follow(ctx, leadership, options);
  const heartbeats = createHeartbeats(ctx);
  const health = watchHealth(ctx, config, options.health);
  // Whoever deploys reads within seconds that it is healthy. Judging that changes nothing makes no news.
  await leadership.listen(NEWS_CHANNEL, health.soon);
  return {
    async stop() {
      heartbeats.stop();
      await health.stop();
      stopFollowing();
      await ctx.queue.stop();
      ctx.scopes.close();
      ctx.clusters.close();
      await leadership.resign();
      await db.close();
      ctx.metrics.leader.set(0);
    },
  };
}

const SEED_POLL_MS = 200;

/** Web makes the row at its first start, which may be a moment after ours. */
async function installationOf(db: Database, log: Log): Promise<string> {
  for (let waited = false; ; waited = true) {
    const id = await installationId(db);
    if (id !== null) return id;
    if (!waited) log.info("waiting for this installation's identity");
    await sleep(SEED_POLL_MS);
  }
}

async function createContext(options: WorkerOptions, db: Database, installation: string): Promise<WorkerContext> {
  const { config, log, failpoint } = options;
  const clusters = createClusters();
  const metrics = options.metrics ?? createMetrics();
  const presence = createPresence();
  // The three need one another; each is used only once all are there.
  const late: { ctx?: WorkerContext } = {};
  const context = (): WorkerContext => {
    if (late.ctx === undefined) throw new Error("used before it was made");
    return late.ctx;
  };
  const queueOf = (concurrency: number) =>
    createQueue({
      concurrency,
      run: (key, reasons) => reconcile(context(), key, reasons),
      onError: (key, error, againInMs) => logFailure(log, key, error, againInMs),
    });
  // Uploads take as long as they take: they must not keep a rollback waiting.
  const queue = withLane(queueOf(options.concurrency), isArtifactKey, queueOf(UPLOADS_AT_ONCE));
  const scopes: Scopes = createScopes(clusters, installation, {
    changed(scope, change) {
      if (isArtifactStore(change)) presence.forget(scope.environmentId);
      const awaitedDigests = presence.awaited(scope.environmentId);
      const endpointOf = (kind: string, name: string) => ownerOf(scope, kind, name);
      for (const key of keysOf(change, { ...scope, awaitedDigests, endpointOf })) queue.add(key, "event");
    },
    synced: (scope) => void wakeAll(context(), scope),
  });
  const secretKey = config.secretKey;
  const artifacts = artifactFolder(config.artifactDir);
  const vault = createVault(secretKey, config.secretKeyBefore);
  const reach = { clusters, ambient: config.kube, vault, fieldManager: fieldManagerOf(installation) };
  const parts = { db, installationId: installation, release, secretKey, artifacts, plane: artifactPlane };
  late.ctx = { ...parts, ...reach, presence, scopes, queue, failpoint, metrics, log };
  return late.ctx;
}

const UPLOADS_AT_ONCE = 2;

/** Whose pod or Deployment it is. */
function ownerOf({ views, namespace }: Scope, kind: string, name: string): string | undefined {
  const view = kind === "Pod" ? views.pods : views.deployments;
  // A ReplicaSet's name is its Deployment's and a hash.
  const sought = kind === "ReplicaSet" ? name.slice(0, name.lastIndexOf("-")) : name;
  return view.objects.get(`${namespace}/${sought}`)?.metadata.labels?.[LABEL.endpointUid];
}

/** A conflict is answered by looking again, which is what a backoff does. */
function logFailure(log: Log, key: string, error: unknown, againInMs: number): void {
  const level = isClusterError(error, "conflict") ? "debug" : "warn";
  log[level]({ key, err: error, againInMs: Math.round(againInMs) }, "reconcile failed");
}

/** Everything of an environment, once its copies are there. */
async function wakeAll(ctx: WorkerContext, scope: Scope): Promise<void> {
  ctx.queue.add(environmentKey(scope.environmentId), "event");
  const rows = await ctx.db.read.endpoint
    .findMany({ where: { environmentId: scope.environmentId, NOT: PURGED }, select: { uid: true } })
    .catch((error: unknown) => {
      // The slow resync brings them too.
      ctx.log.warn({ err: error }, "could not read the endpoints of an environment");
      return [];
    });
  for (const { uid } of rows) ctx.queue.add(endpointKey(uid), "event");
}

const PURGED = { status: { purgedAt: { not: null } } };

const KEYS = { cluster: clusterKey, environment: environmentKey, endpoint: endpointKey } as const;
const keyOf = ({ kind, key }: ChangeKey) => KEYS[kind](key);

/** Changes of the database become keys: at once by notification, surely by reading on. */
async function follow(ctx: WorkerContext, leadership: Leadership, options: WorkerOptions): Promise<() => void> {
  const complain = (what: string) => (error: unknown) => ctx.log.warn({ err: error }, what);
  // Read before everything is listed, so that nothing falls in between.
  let cursor = await newestChangeId(ctx.db);
  const hinted = new Set<string>();
  await leadership.listen(CHANGE_CHANNEL, (payload) => {
    const hint = hintSchema.safeParse(payload);
    if (!hint.success) return;
    hinted.add(hint.data.id);
    ctx.queue.add(keyOf(hint.data), "change");
  });
  const answerRequests = createAnswering(ctx);
  const answer = () => void answerRequests().catch(complain("could not answer a request"));
  await leadership.listen(REQUEST_CHANNEL, answer);
  const poll = async () => {
    for (const change of await changesAfter(ctx.db, cursor)) {
      // What was hinted at is committed, and looked at since.
      if (!hinted.has(String(change.id))) ctx.queue.add(keyOf(change), "change");
      cursor = change.id;
    }
    // Of what was read before its notification came.
    for (const id of hinted) if (BigInt(id) <= cursor) hinted.delete(id);
    answer();
    ctx.metrics.queueDepth.set(ctx.queue.depth());
  };
  const resync = async () => {
    for (const key of await allKeys(ctx.db)) ctx.queue.add(keyOf(key), "resync");
  };
  await resync();
  const polling = setInterval(() => void poll().catch(complain("could not read changes")), options.pollMs);
  const resyncing = setInterval(() => void resync().catch(complain("could not resync")), options.resyncMs);
  return () => {
    clearInterval(polling);
    clearInterval(resyncing);
  };
}

const hintSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom", message: "is not JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.object({ id: z.string(), kind: z.enum(["cluster", "environment", "endpoint"]), key: z.string() }));
