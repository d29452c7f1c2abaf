import type { ProbeResult, ProbeSpec } from "./probe.ts";

const EAGER_MS = 25;
/** Part of the time waited so far that one more eager wait may take: a start of a minute is not asked 1,200 times. */
const EAGER_GROWTH = 0.05;

export type ProbeEvents = {
  /** Once per change, after `successThreshold` successes in a row. */
  onHealthy: () => void;
  /** Each failure that counts. */
  onFailure: (message: string) => void;
  /** Once per change, after `failureThreshold` counted failures in a row. */
  onUnhealthy: (message: string) => void;
};

/** A due time for counted failures, and how long to wait for the next try. Times in milliseconds. */
export const eagerDelayMs = (waitedMs: number, periodMs: number): number =>
  Math.min(periodMs, Math.max(EAGER_MS, waitedMs * EAGER_GROWTH));

/**
 * Probes until `signal` aborts. While `eager` and not yet healthy it tries every 25 ms at first, so that a start is seen
 * at once, but a failure counts only once per period, the first after one period: nobody fails for not listening at once.
 */
export const startProbe = (
  spec: ProbeSpec,
  eager: boolean,
  check: () => Promise<ProbeResult>,
  events: ProbeEvents,
  signal: AbortSignal,
): void => {
  const periodMs = (spec.periodSeconds ?? 10) * 1000;
  const startMs = performance.now() + (spec.initialDelaySeconds ?? 0) * 1000;
  let countFromMs = startMs + periodMs;
  let healthy: boolean | undefined;
  let successes = 0;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;

  const succeed = () => {
    failures = 0;
    successes++;
    countFromMs = 0;
    if (healthy === true || successes < (spec.successThreshold ?? 1)) return;
    healthy = true;
    events.onHealthy();
  };
  const fail = (message: string) => {
    successes = 0;
    if (performance.now() < countFromMs) return;
    if (countFromMs > 0) countFromMs += periodMs;
    failures++;
    events.onFailure(message);
    if (healthy === false || failures < (spec.failureThreshold ?? 3)) return;
    healthy = false;
    events.onUnhealthy(message);
  };
  const tick = async () => {
    const result = await check();
    if (signal.aborted) return;
    if (result === undefined) succeed();
    else fail(result);
    if (signal.aborted) return;
    const waiting = eager && healthy === undefined;
    timer = setTimeout(() => void tick(), waiting ? eagerDelayMs(performance.now() - startMs, periodMs) : periodMs);
  };
  timer = setTimeout(() => void tick(), Math.max(0, startMs + (eager ? 0 : periodMs) - performance.now()));
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
};
