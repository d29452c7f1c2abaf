import { readdir } from "node:fs/promises";
import { environmentTroubles } from "#domain/environment/words.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type {
  ClusterSeen,
  DatabaseSeen,
  EnvironmentSeen,
  MetricsSeen,
  ServingSeen,
  WebhookSeen,
} from "#domain/system/checks.ts";
import type { Database } from "#server/db/client.ts";
import { LEADER_LOCK } from "#server/db/leader-lock.ts";
import type { MetricsSource } from "#server/ports/metrics.ts";
import { clusterViews, findClusters } from "#server/services/cluster/view.ts";
import { conditionsOf } from "#server/services/conditions.ts";

// What there is to see. Reads only; what it means is decided in domain/system/checks.ts.

export async function seeDatabase(db: Database, migrationsDir: string): Promise<DatabaseSeen> {
  const before = Date.now();
  const [row] = await db.read.$queryRaw<
    { version: string; bytes: bigint; now: Date; connectionsMax: number; connectionsUsed: number }[]
  >`
    SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
           clock_timestamp() AS now, current_setting('max_connections')::int AS "connectionsMax",
           (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS "connectionsUsed"`;
  const after = Date.now();
  if (row === undefined) throw new Error("the database answered without a row");
  const { version, bytes, now, connectionsMax, connectionsUsed } = row;
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const known = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const applied = await db.read.$queryRaw<{ name: string }[]>`
    SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  const done = new Set(applied.map(({ name }) => name));
  return {
    version,
    bytes: Number(bytes),
    clockMs: now.getTime() - (before + after) / 2,
    connectionsMax,
    connectionsUsed,
    migrationsMissing: known.filter((name) => !done.has(name)),
    migrationsNewer: [...done].filter((name) => !known.includes(name)).length,
  };
}

/** Whoever leads holds one lock for as long as its connection lives. Null: nobody. */
export async function seeLeader(db: Database): Promise<Date | null> {
  const rows = await db.read.$queryRaw<{ since: Date }[]>`
    SELECT activity.backend_start AS since FROM pg_locks JOIN pg_stat_activity activity USING (pid)
    WHERE locktype = 'advisory' AND classid = 0 AND objid = ${LEADER_LOCK}::int::oid AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return rows[0]?.since ?? null;
}

const COUNTS = {
  targetsUp: "count(up == 1)",
  routersUp: "count(slipway_plan_staleness_seconds)",
  modelServersUp: "count(count by (instance) (slipway_inference_duration_seconds_count))",
  requestSeries: "count(slipway_requests_total)",
  // Where a target has a label of that name itself, a scrape without honor_labels sets ours aside as exported_….
  labelledSeries:
    'count(slipway_requests_total{environment!="",endpoint!="",revision!="",exported_environment="",exported_endpoint="",exported_revision=""})',
  gpus: "count(count by (UUID, gpu) (DCGM_FI_DEV_GPU_UTIL))",
} as const satisfies Record<keyof MetricsSeen, string>;

/** A text: why there is nothing to see. */
export async function seeMetrics(metrics: MetricsSource, signal: AbortSignal): Promise<MetricsSeen | string> {
  const now = Math.floor(Date.now() / 1_000);
  const range = { fromSeconds: now, toSeconds: now, stepSeconds: 15 };
  const count = async (promql: string) => {
    const [series] = await metrics.range(promql, range, signal);
    return [...(series?.values.values() ?? [])][0] ?? 0;
  };
  try {
    const counted = Object.entries(COUNTS).map(async ([name, promql]) => [name, await count(promql)] as const);
    return Object.fromEntries(await Promise.all(counted)) as MetricsSeen;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.message;
  }
}

export async function seeServing(db: Database): Promise<ServingSeen> {
  const [row] = await db.read.$queryRaw<ServingSeen[]>`
    SELECT (SELECT coalesce(sum(s."routersReady"), 0)::int FROM "Environment" e
            JOIN "EnvironmentStatus" s ON s."environmentId" = e.id WHERE e."removedAt" IS NULL) AS "readyRouters",
           coalesce(sum(rs."readyReplicas"), 0)::int AS "readyModelPods",
           (count(*) FILTER (WHERE coalesce((r.resources ->> 'gpu')::int, 0) > 0 AND rs."desiredReplicas" > 0))::int
             AS "gpuRevisions"
    FROM "Revision" r JOIN "Endpoint" p ON p.uid = r."endpointUid" AND p."deletedAt" IS NULL
    LEFT JOIN "RevisionStatus" rs ON rs."revisionId" = r.id`;
  return row ?? { readyRouters: 0, readyModelPods: 0, gpuRevisions: 0 };
}

export async function seeClusters(db: Database): Promise<ClusterSeen[]> {
  const rows = await findClusters(db.read);
  const views = await clusterViews(db.read, rows, rows);
  return views.map(({ name, sameAs, conditions }) => {
    const found = conditions.find(({ type }) => type === "Reachable");
    const reachable = found === undefined ? null : { ...found, since: new Date(found.lastTransitionAt) };
    return { name, sameAs, reachable };
  });
}

const ENVIRONMENTS_MAX = 100;
const IMAGES_SHOWN_MAX = 5;

export async function seeEnvironments(db: Database): Promise<EnvironmentSeen[]> {
  const rows = await db.read.environment.findMany({
    where: { removedAt: null },
    include: { status: true },
    orderBy: { name: "asc" },
    take: ENVIRONMENTS_MAX,
  });
  const conditions = await conditionsOf(
    db.read,
    "environment",
    rows.map(({ id }) => id),
  );
  const images = await db.read.$queryRaw<{ environmentId: string; message: string }[]>`
    SELECT DISTINCT p."environmentId", rs.trouble ->> 'message' AS message FROM "RevisionStatus" rs
    JOIN "Revision" r ON r.id = rs."revisionId" JOIN "Endpoint" p ON p.uid = r."endpointUid"
    WHERE p."deletedAt" IS NULL AND rs.trouble ->> 'code' = 'image'`;
  return rows.map(({ id, name, namespace, status }) => ({
    name,
    namespace,
    observedAt: status?.observedAt ?? null,
    routersReady: status?.routersReady ?? 0,
    // Rights have a line of their own.
    troubles: environmentTroubles((conditions.get(id) ?? []).filter(({ type }) => type !== "RightsGranted")),
    missingRights: status?.rightsCheckedAt == null ? null : status.missingRights,
    imageTroubles: images
      .filter(({ environmentId }) => environmentId === id)
      .map(({ message }) => message)
      .slice(0, IMAGES_SHOWN_MAX),
  }));
}

export async function seeWebhook(db: Database, configured: boolean): Promise<WebhookSeen> {
  const last = await db.read.webhookDelivery.findFirst({ orderBy: { createdAt: "desc" } });
  if (last === null) return { configured, last: null };
  const { event, createdAt, deliveredAt, lastError, attempts, nextAttemptAt } = last;
  const givenUp = deliveredAt === null && nextAttemptAt === null;
  return { configured, last: { event, at: createdAt, deliveredAt, error: lastError, attempts, givenUp } };
}
