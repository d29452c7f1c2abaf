import { z } from "zod";
import { nameSchema } from "#domain/shared/names.ts";
import { pageInput } from "#domain/shared/page.ts";
import { conditionViewSchema, momentSchema, planViewSchema, revisionViewSchema } from "#domain/shared/views.ts";
import { healthViewSchema } from "./health.ts";
import { LATENCY_MS_MAX, READY_PODS_MAX } from "./health-limits.ts";

export const endpointUidSchema = z.uuid().brand<"EndpointUid">();

export const healthTargetsSchema = z.strictObject({
  /** Share of answers that are errors, 0 to 1. */
  errorRatioMax: z.number().min(0).max(1).default(0.01),
  latencyMsP99Max: z.number().positive().max(LATENCY_MS_MAX).default(1_000),
  readyPodsMin: z.number().int().min(0).max(READY_PODS_MAX).default(1),
});

export const createEndpointSchema = z.strictObject({
  name: nameSchema,
  environment: nameSchema,
  healthTargets: healthTargetsSchema.prefault({}),
});

export const setHealthTargetsSchema = z.strictObject({
  endpoint: nameSchema,
  environment: nameSchema.optional(),
  /** All of them: what is left away gets its default. */
  healthTargets: healthTargetsSchema,
  reason: z.string().trim().max(2_000).default(""),
});

/** `environment` may stay away while one environment alone has an endpoint of this name. */
export const endpointRef = { endpoint: nameSchema, environment: nameSchema.optional() };
export const endpointRefSchema = z.strictObject(endpointRef);
export type EndpointRef = z.infer<typeof endpointRefSchema>;

export const listEndpointsSchema = z.strictObject({
  environment: nameSchema.optional(),
  search: z.string().max(40).optional(),
  ...pageInput,
});

export const endpointViewSchema = z.object({
  uid: endpointUidSchema,
  name: z.string(),
  environment: z.string(),
  /** Base of the inference addresses: add `/v2/models/{name}/infer`. */
  url: z.string(),
  generation: z.number().int(),
  healthTargets: z.object({ errorRatioMax: z.number(), latencyMsP99Max: z.number(), readyPodsMin: z.number().int() }),
  health: healthViewSchema,
  /** Nobody is told of its incidents until then; null: they are told. */
  silencedUntil: momentSchema.nullable(),
  /** Null: no revision yet, nothing is served. */
  plan: planViewSchema.nullable(),
  /** What callers meet: the newest plan that some router served. Another than `plan` while that waits, or failed. Null: none yet. */
  served: planViewSchema.pick({ number: true, entries: true }).nullable(),
  revisions: z.array(revisionViewSchema),
  conditions: z.array(conditionViewSchema),
  /** When the worker last knew this to be current; null: never yet. */
  observedAt: momentSchema.nullable(),
  /** Automation is off since a rollback at this moment. */
  pinnedAt: momentSchema.nullable(),
  /** Being deleted since then. */
  deletedAt: momentSchema.nullable(),
  createdBy: z.string(),
  createdAt: momentSchema,
});
export type EndpointView = z.infer<typeof endpointViewSchema>;

const revisionNumberSchema = z.number().int().min(1, "a revision is its number, from 1");
const reasonSchema = z.string().trim().max(2_000).default("");

export const trafficEntrySchema = z.strictObject({
  revision: revisionNumberSchema,
  weightPercent: z
    .number()
    .min(0, "a weight is between 0 and 100 percent")
    .max(100, "a weight is between 0 and 100 percent")
    .multipleOf(0.01, "a weight is a multiple of 0.01 percent"),
  role: z.enum(["live", "shadow"]).default("live"),
});
export type TrafficEntry = z.infer<typeof trafficEntrySchema>;

export const putTrafficSchema = z.strictObject({
  ...endpointRef,
  /** Number of the plan that the caller has seen; by REST the If-Match header. */
  expectedPlan: z.number().int().min(0),
  entries: z.array(trafficEntrySchema).min(1, "a plan needs at least one entry").max(50),
  reason: reasonSchema,
});

export const rollbackSchema = z.strictObject({
  ...endpointRef,
  toPlan: z.number().int().min(1).optional(),
  reason: reasonSchema,
  when: z.enum(["now", "capacity"]).default("now"),
});

export const reassertSchema = z.strictObject({
  ...endpointRef,
  /** A plan of the ledger whose shares hold from now on; absent: the newest one's. */
  toPlan: z.number().int().min(1).optional(),
  reason: reasonSchema,
});

export const resumeSchema = z.strictObject({ ...endpointRef, reason: reasonSchema });

export const listPlansSchema = z.strictObject({
  ...endpointRef,
  /** What was live at this moment; the answer is then that plan alone, and `alsoServing`. */
  at: z.iso.datetime({ offset: true, error: "needs a time such as 2026-11-03T14:00:00Z" }).optional(),
  ...pageInput,
});

export const plansViewSchema = z.object({
  items: z.array(planViewSchema),
  nextCursor: z.string().nullable(),
  /** With `at` only: plans that routers which had not yet acknowledged may still have served. */
  alsoServing: z.array(planViewSchema).optional(),
});

export const metricsInputSchema = z.strictObject({
  ...endpointRef,
  from: z.iso.datetime({ offset: true, error: "needs a time such as 2026-11-03T14:00:00Z" }).optional(),
  to: z.iso.datetime({ offset: true, error: "needs a time such as 2026-11-03T14:00:00Z" }).optional(),
  stepSeconds: z.coerce.number().int().min(1).max(86_400).optional(),
});

/** One value per entry of `timestamps`; a gap is null, never zero. */
const series = z.array(z.number().nullable());

export const metricsViewSchema = z.object({
  from: momentSchema,
  to: momentSchema,
  stepSeconds: z.number().int(),
  timestamps: z.array(momentSchema),
  revisions: z.array(
    z.object({
      revision: z.number().int(),
      model: z.string(),
      version: z.string(),
      requestsPerSecond: series,
      errorRatio: series,
      /** Answered with a 4xx but 408, 429 and 499. */
      refusedRatio: series,
      latencyMsP50: series,
      latencyMsP95: series,
      latencyMsP99: series,
      /** Of a revision with a share. */
      readyPods: series,
      cpuCores: series,
      memoryBytes: series,
      gpuUtilization: series,
      gpuMemoryBytes: series,
    }),
  ),
});
export type MetricsView = z.infer<typeof metricsViewSchema>;
