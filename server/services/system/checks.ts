import { DomainError } from "#domain/shared/errors.ts";
import type { SystemCheck } from "#domain/system/schema.ts";
import type { Database } from "#server/db/client.ts";
import { LEADER_LOCK } from "#server/db/leader-lock.ts";
import type { MetricsSource } from "#server/ports/metrics.ts";

const STALE_SECONDS = 60;

const ok = (name: string, sentence: string): SystemCheck => ({ name, state: "ok", sentence, fix: null });
const failed = (name: string, sentence: string, fix: string): SystemCheck => ({ name, state: "failed", sentence, fix });

/** A database that is away answers this page with `unavailable` as a whole. */
export async function checkDatabase(db: Database): Promise<SystemCheck> {
  const [row] = await db.read.$queryRaw<{ version: string; bytes: bigint }[]>`
    SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes`;
  const megabytes = Math.ceil(Number(row?.bytes ?? 0) / 1024 ** 2);
  return ok("Database", `PostgreSQL ${row?.version ?? ""} answers and holds ${megabytes} MiB.`);
}

/** Whoever leads holds one lock for as long as its connection lives. */
export async function checkWorker(db: Database): Promise<SystemCheck> {
  const rows = await db.read.$queryRaw<{ since: Date }[]>`
    SELECT activity.backend_start AS since FROM pg_locks JOIN pg_stat_activity activity USING (pid)
    WHERE locktype = 'advisory' AND classid = 0 AND objid = ${LEADER_LOCK}::int::oid AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  const since = rows[0]?.since;
  if (since === undefined)
    return failed(
      "Worker",
      "No worker leads: nothing that you change reaches a cluster. Predictions go on.",
      "Start a worker, or look into the log of the one that should run.",
    );
  return ok("Worker", `One leads; it connected ${minutesAgo(since)}.`);
}

export async function checkPrometheus(metrics: MetricsSource, signal: AbortSignal): Promise<SystemCheck> {
  const now = Math.floor(Date.now() / 1_000);
  const range = { fromSeconds: now, toSeconds: now, stepSeconds: 15 };
  try {
    const [up] = await metrics.range("count(up == 1)", range, signal);
    const targets = [...(up?.values.values() ?? [])][0] ?? 0;
    if (targets > 0) return ok("Prometheus", `Answers; it scrapes ${targets} targets.`);
    const fix = "Add Slipway's pods to its scrape configuration.";
    return failed("Prometheus", "Answers, but scrapes nothing: there are no charts and no health.", fix);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const fix = "Start it, or set PROMETHEUS_URL to the one that scrapes your cluster. Only charts and health need it.";
    return failed("Prometheus", error.message, fix);
  }
}

export async function checkEnvironments(db: Database): Promise<SystemCheck[]> {
  const rows = await db.read.environment.findMany({
    where: { removedAt: null },
    include: { status: true },
    orderBy: { name: "asc" },
    take: 100,
  });
  return rows.map(({ name, namespace, status }) => {
    const title = `Environment ${name}`;
    const seen = status?.observedAt;
    const fix = `See whether the cluster answers: kubectl --namespace ${namespace} get pods`;
    if (status == null || seen === undefined) return failed(title, "Was never seen by the worker.", fix);
    if (Date.now() - seen.getTime() > STALE_SECONDS * 1_000)
      return failed(title, `Was last known ${minutesAgo(seen)}: what screens show of it is that old.`, fix);
    if (status.routersReady === 0)
      return failed(
        title,
        "No router is ready: no endpoint in it answers.",
        `kubectl --namespace ${namespace} describe deployment slipway-router`,
      );
    return ok(title, `Known and current; routers ready: ${status.routersReady}.`);
  });
}

function minutesAgo(at: Date): string {
  const minutes = Math.floor((Date.now() - at.getTime()) / 60_000);
  return minutes < 1 ? "less than a minute ago" : `${minutes} min ago`;
}
