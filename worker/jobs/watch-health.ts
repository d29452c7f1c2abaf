import { prometheusMetrics } from "#server/adapters/prometheus/metrics.ts";
import { httpWebhook } from "#server/adapters/webhook/http.ts";
import type { Config } from "#server/config/env.ts";
import type { WorkerContext } from "#worker/runtime/context.ts";
import { deliverDue } from "./deliver.ts";
import { judgeHealth } from "./health.ts";

export type HealthPace = Readonly<{ everyMs: number; incidentAfterMs: number }>;

/** Judges health and tells of incidents, again and again, never twice at a time, until it is stopped. */
export function watchHealth(ctx: WorkerContext, config: Config, pace: HealthPace): { stop(): Promise<void> } {
  const job = {
    ctx,
    metrics: prometheusMetrics(config.prometheusUrl, () => new Date()),
    webhook: config.webhook !== null,
    incidentAfterMs: pace.incidentAfterMs,
  };
  const { db, log } = ctx;
  const delivery =
    config.webhook === null ? null : { db, log, webhook: httpWebhook(config.webhook), publicUrl: config.publicUrl };
  const look = async () => {
    await judgeHealth(job);
    if (delivery !== null) await deliverDue(delivery);
  };
  let looking: Promise<void> | null = null;
  const tick = () => {
    looking ??= look()
      .catch((error: unknown) => log.warn({ err: error }, "could not judge health"))
      .finally(() => {
        looking = null;
      });
  };
  const timer = setInterval(tick, pace.everyMs);
  tick();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
