import { prometheusMetrics } from "#server/adapters/prometheus/metrics.ts";
import { httpWebhook } from "#server/adapters/webhook/http.ts";
import type { Config } from "#server/config/env.ts";
import { deliverDue } from "./deliver.ts";
import { type HealthJob, judgeHealth } from "./health.ts";

export type HealthPace = Readonly<{ everyMs: number; incidentAfterMs: number }>;

/** Judges health and tells of incidents, again and again until it is stopped. Whoever is slow to be told delays no judgement. */
export function watchHealth(ctx: HealthJob["ctx"], config: Config, pace: HealthPace): { stop(): Promise<void> } {
  const { db, log } = ctx;
  const job = {
    ctx,
    metrics: prometheusMetrics(config.prometheusUrl, () => new Date()),
    webhook: config.webhook !== null,
    incidentAfterMs: pace.incidentAfterMs,
  };
  const complain = (what: string) => (error: unknown) => log.warn({ err: error }, what);
  const stops = [again(() => judgeHealth(job), pace.everyMs, complain("could not judge health"))];
  if (config.webhook !== null) {
    const delivery = { db, log, webhook: httpWebhook(config.webhook), publicUrl: config.publicUrl };
    stops.push(again((signal) => deliverDue(delivery, signal), pace.everyMs, complain("could not tell of incidents")));
  }
  return {
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

/** Now and every `everyMs`, never twice at a time. What it answers stops it, once what runs has ended. */
function again(
  work: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  const tick = () => {
    running ??= work(stopping.signal)
      .catch(onError)
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(tick, everyMs);
  tick();
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await running;
  };
}
