import { setTimeout as sleep } from "node:timers/promises";
import { fieldManagerOf, LABEL } from "#domain/shared/cluster-names.ts";
import { artifactPlane } from "#server/adapters/artifact-plane/http.ts";
import { artifactFolder } from "#server/adapters/artifacts/folder.ts";
import { connectCluster } from "#server/adapters/kubernetes/cluster.ts";
import type { Config } from "#server/config/env.ts";
import { release } from "#server/config/release.ts";
import { type Database, openDatabase } from "#server/db/client.ts";
import { allKeys, changesAfter, installationId, newestChangeId } from "#server/db/reconcile/changes.ts";
import { REQUEST_CHANNEL } from "#server/db/reconcile/requests.ts";
import { CHANGE_CHANNEL } from "#server/db/record-change.ts";
import type { Log } from "#server/observability/log.ts";
import { isClusterError } from "#server/ports/cluster.ts";
import { type HealthPace, watchHealth } from "./jobs/watch-health.ts";
import { reconcile } from "./reconcilers/dispatch.ts";
import { answerRequests } from "./reconcilers/dry-run.ts";
import { keysOf } from "./reconcilers/wake.ts";
import type { WorkerContext } from "./runtime/context.ts";
import { type Leadership, lead } from "./runtime/election.ts";
import type { HitFailpoint } from "./runtime/failpoint.ts";
import { createHeartbeats } from "./runtime/heartbeat.ts";
import { endpointKey, environmentKey } from "./runtime/keys.ts";
import { createMetrics, type WorkerMetrics } from "./runtime/metrics.ts";
import { createPresence } from "./runtime/presence.ts";
import { createQueue, type Queue } from "./runtime/queue.ts";
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

/** Waits for leadership, then acts until `stop`. Throws when database or kubeconfig cannot be used. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { config, log } = options;
  const leadership = await lead(config.databaseDirectUrl, options.onLost);
  const db = openDatabase(config.databaseUrl);
  const installation = await installationOf(db, log);
  const ctx = await createContext(options, db, installation);
  ctx.metrics.leader.set(1);
  log.info({ installation }, "leading");
  const stopFollowing = await follow(ctx, leadership, options);
  const heartbeats = createHeartbeats(ctx);
  const health = watchHealth(ctx, config, options.health);
  return {
    async stop() {
      heartbeats.stop();
      await health.stop();
      stopFollowing();
      await ctx.queue.stop();
      ctx.scopes.close();
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
  const cluster = await connectCluster({ ...config.kube, fieldManager: fieldManagerOf(installation) });
  const metrics = options.metrics ?? createMetrics();
  const presence = createPresence();
  // The three need one another; each is used only once all are there.
  const late: { ctx?: WorkerContext } = {};
  const context = (): WorkerContext => {
    if (late.ctx === undefined) throw new Error("used before it was made");
    return late.ctx;
  };
  const queue: Queue = createQueue({
    concurrency: options.concurrency,
    run: (key, reasons) => reconcile(context(), key, reasons),
    onError: (key, error, againInMs) => logFailure(log, key, error, againInMs),
  });
  const scopes: Scopes = createScopes(cluster, installation, {
    changed(scope, change) {
      const awaitedDigests = presence.awaited(scope.environmentId);
      const endpointOf = (kind: string, name: string) => ownerOf(scope, kind, name);
      for (const key of keysOf(change, { ...scope, awaitedDigests, endpointOf })) queue.add(key, "event");
    },
    synced: (scope) => void wakeAll(context(), scope),
  });
  const secretKey = config.secretKey;
  const artifacts = artifactFolder(config.artifactDir);
  const parts = { db, cluster, installationId: installation, release, secretKey, artifacts, plane: artifactPlane };
  late.ctx = { ...parts, presence, scopes, queue, failpoint, metrics, log };
  return late.ctx;
}

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

/** Changes of the database become keys: at once by notification, surely by reading on. */
async function follow(ctx: WorkerContext, leadership: Leadership, options: WorkerOptions): Promise<() => void> {
  const complain = (what: string) => (error: unknown) => ctx.log.warn({ err: error }, what);
  // Read before everything is listed, so that nothing falls in between.
  let cursor = await newestChangeId(ctx.db);
  const enqueue = (kind: string, key: string) =>
    ctx.queue.add(kind === "environment" ? environmentKey(key) : endpointKey(key), "change");
  await leadership.listen(CHANGE_CHANNEL, (payload) => {
    const hint = parseHint(payload);
    if (hint !== null) enqueue(hint.kind, hint.key);
  });
  await leadership.listen(REQUEST_CHANNEL, () => {
    answerRequests(ctx).catch(complain("could not answer a request"));
  });
  const poll = async () => {
    const { keys, lastId } = await changesAfter(ctx.db, cursor);
    for (const { kind, key } of keys) enqueue(kind, key);
    cursor = lastId;
    await answerRequests(ctx);
    ctx.metrics.queueDepth.set(ctx.queue.depth());
  };
  const resync = async () => {
    for (const { kind, key } of await allKeys(ctx.db))
      ctx.queue.add(kind === "environment" ? environmentKey(key) : endpointKey(key), "resync");
  };
  await resync();
  const polling = setInterval(() => void poll().catch(complain("could not read changes")), options.pollMs);
  const resyncing = setInterval(() => void resync().catch(complain("could not resync")), options.resyncMs);
  return () => {
    clearInterval(polling);
    clearInterval(resyncing);
  };
}

function parseHint(payload: string): { kind: string; key: string } | null {
  try {
    const hint = JSON.parse(payload) as { kind?: unknown; key?: unknown };
    return typeof hint.kind === "string" && typeof hint.key === "string" ? { kind: hint.kind, key: hint.key } : null;
  } catch {
    return null;
  }
}
