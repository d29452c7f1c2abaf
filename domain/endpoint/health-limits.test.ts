import { expect, test } from "vitest";
import { TARGET_NAMES } from "./health.ts";
import { IS_HEALTH_TARGET, LATENCY_MS_MAX, READY_PODS_MAX } from "./health-limits.ts";
import { healthTargetsSchema } from "./schema.ts";

const VALUES = [Number.NaN, -1, 0, 0.01, 1, 1.5, 2, READY_PODS_MAX, READY_PODS_MAX + 1, LATENCY_MS_MAX, Infinity];

test("a screen takes for a health target what the schema takes for one", () => {
  for (const name of TARGET_NAMES)
    for (const value of VALUES)
      expect(IS_HEALTH_TARGET[name](value), `${name} ${value}`).toBe(
        healthTargetsSchema.safeParse({ [name]: value }).success,
      );
});
