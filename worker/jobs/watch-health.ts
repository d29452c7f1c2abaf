import { prometheusMetrics } from "#server/adapters/prometheus/metrics.ts";
import { httpWebhook } from "#server/adapters/webhook/http.ts";
import type { Config } from "#server/config/env.ts";
import { deliverDue } from "./deliver.ts";
import { type HealthJob, judgeHealth } from "./health.ts";

export type HealthPace = Readonly<{ everyMs: number; incidentAfterMs: number }>;

export type HealthWatch = Readonly<{
  /** Something is new: health is judged before its next turn. */
  soon(): void;
  stop(): Promise<void>;
}>;

/** Judges health and tells of incidents, again and again until it is stopped. Whoever is slow to be told delays no judgement. */
export function watchHealth(ctx: HealthJob["ctx"], config: Config, pace: HealthPace): HealthWatch {
  const { db, log } = ctx;
  const job = {
    ctx,
    metrics: prometheusMetrics(config.prometheus, () => new Date()),
    webhook: config.webhook !== null,
    incidentAfterMs: pace.incidentAfterMs,
  };
  const complain = (what: string) => (error: unknown) => log.warn({ err: error }, what);
  const judging = again(() => judgeHealth(job), pace.everyMs, complain("could not judge health"));
  const loops = [judging];
  if (config.webhook !== null) {
    const delivery = { db, log, webhook: httpWebhook(config.webhook), publicUrl: config.publicUrl };
    loops.push(again((signal) => deliverDue(delivery, signal), pace.everyMs, complain("could not tell of incidents")));
  }
  return {
    soon: judging.soon,
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** However much is new, all endpoints are not judged more often than this. */
const REST_MS = 2_000;

/** Now, every `everyMs` and when asked to, never twice at a time. `stop` waits for what runs. */
function again(
  work: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
  onError: (error: unknown) => void,
): HealthWatch {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let begunAt = 0;
  let early: NodeJS.Timeout | null = null;
  const tick = () => {
    if (running === null) begunAt = performance.now();
    running ??= work(stopping.signal)
      .catch(onError)
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(tick, everyMs);
  tick();
  return {
    soon() {
      early ??= setTimeout(
        () => {
          early = null;
          tick();
        },
        Math.max(0, begunAt + REST_MS - performance.now()),
      );
    },
    async stop() {
      clearInterval(timer);
      if (early !== null) clearTimeout(early);
      stopping.abort();
      await running;
    },
  };
}
