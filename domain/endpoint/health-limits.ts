export const LATENCY_MS_MAX = 3_600_000;
export const READY_PODS_MAX = 1_000;

/** Whether a health target may have this value: what the schema says, for screens that shall not fetch a schema library. */
export const IS_HEALTH_TARGET = {
  errorRatioMax: (value: number) => value >= 0 && value <= 1,
  latencyMsP99Max: (value: number) => value > 0 && value <= LATENCY_MS_MAX,
  readyPodsMin: (value: number) => Number.isInteger(value) && value >= 0 && value <= READY_PODS_MAX,
} as const;
