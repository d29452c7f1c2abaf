import { z } from "zod";
import { INCIDENT_AFTER_MS } from "#domain/endpoint/health-record.ts";
import { loadConfig } from "#server/config/env.ts";
import { createLog } from "#server/observability/log.ts";
import { armFailpoint } from "./runtime/failpoint.ts";
import { serveHealth } from "./runtime/health.ts";
import { createMetrics } from "./runtime/metrics.ts";
import { untilMigrated } from "./runtime/schema.ts";
import { startWorker, type Worker, type WorkerOptions } from "./worker.ts";

const own = z
  .object({
    /** Metrics and health; unset: none. */
    WORKER_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
    WORKER_HOST: z.string().min(1).default("127.0.0.1"),
    WORKER_CONCURRENCY: z.coerce.number().int().min(1).default(8),
    WORKER_RESYNC_MS: z.coerce.number().int().min(100).default(60_000),
    WORKER_POLL_MS: z.coerce.number().int().min(50).default(5_000),
    WORKER_HEALTH_MS: z.coerce.number().int().min(100).default(10_000),
    /** How long a health target is missed before that is an incident. */
    WORKER_INCIDENT_AFTER_MS: z.coerce.number().int().min(0).default(INCIDENT_AFTER_MS),
    /** Tests only, see worker/runtime/failpoint.ts. */
    SLIPWAY_FAILPOINT: z.string().optional(),
  })
  .parse(process.env);
const config = loadConfig(process.env);
const log = createLog("worker", config.logLevel);
const metrics = createMetrics();
let ready = false;
let leading = false;
const health =
  own.WORKER_PORT === undefined
    ? null
    : await serveHealth({ host: own.WORKER_HOST, port: own.WORKER_PORT }, metrics, {
        isReady: () => ready,
        isLeading: () => leading,
      });
if (health !== null) log.info({ port: health.port }, "listening");

let stopping = false;
process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());

await untilMigrated(config, log);
ready = true;
log.info("waiting for leadership");

const worker = await startWorkerOrExit({
  config,
  log,
  metrics,
  failpoint: armFailpoint(own.SLIPWAY_FAILPOINT, () => process.kill(process.pid, "SIGKILL")),
  concurrency: own.WORKER_CONCURRENCY,
  resyncMs: own.WORKER_RESYNC_MS,
  pollMs: own.WORKER_POLL_MS,
  health: { everyMs: own.WORKER_HEALTH_MS, incidentAfterMs: own.WORKER_INCIDENT_AFTER_MS },
  onLost(cause) {
    if (stopping) return;
    log.error({ err: cause }, "lost the connection that holds leadership");
    process.exit(1);
  },
});
leading = true;
if (stopping) await stop();

/** The supervisor starts us again; by then the database may be there. */
function startWorkerOrExit(options: WorkerOptions): Promise<Worker> {
  return startWorker(options).catch((error: unknown) => {
    log.fatal({ err: error }, "cannot start");
    process.exit(1);
  });
}

async function stop(): Promise<void> {
  stopping = true;
  // On standby there is nothing to finish.
  if (!leading) process.exit(0);
  log.info("stopping");
  await worker.stop();
  await health?.close();
  process.exit(0);
}
