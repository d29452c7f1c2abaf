import { z } from "zod";
import { nameSchema } from "#domain/shared/names.ts";
import { momentSchema, planEntryViewSchema, planViewSchema } from "#domain/shared/views.ts";
import { healthViewSchema } from "./health.ts";
import { endpointUidSchema } from "./schema.ts";

export const overviewInputSchema = z.strictObject({ environment: nameSchema.optional() });

/** One value per entry of the overview's `timestamps`; a gap is null, never zero. */
const series = z.array(z.number().nullable());

const overviewEndpointSchema = z.object({
  uid: endpointUidSchema,
  name: z.string(),
  environment: z.string(),
  environmentKind: z.enum(["development", "production"]),
  health: healthViewSchema,
  /** Of the newest plan, live ones with most traffic first; empty: no plan yet. */
  entries: z.array(planEntryViewSchema),
  /** The newest plan: the last change, by whom and why. */
  lastChange: planViewSchema
    .pick({ number: true, kind: true, status: true, decidedAt: true, decidedBy: true, reason: true })
    .nullable(),
  /** Null where there are no metrics. */
  requestsPerSecond: series.nullable(),
  errorRatio: series.nullable(),
  latencyMsP99: series.nullable(),
  pinnedAt: momentSchema.nullable(),
  observedAt: momentSchema.nullable(),
});

export const overviewSchema = z.object({
  at: momentSchema,
  /** Unhealthy first, then by name. */
  endpoints: z.array(overviewEndpointSchema),
  /** Of every series: one hour up to now. Null with why when metrics cannot be had. */
  timestamps: z.array(momentSchema),
  metricsUnavailable: z.object({ why: z.string(), since: momentSchema.nullable() }).nullable(),
  /** Ten newest changes of traffic, newest first. */
  recentChanges: z.array(planViewSchema.extend({ endpoint: z.string(), environment: z.string() })),
});
export type Overview = z.infer<typeof overviewSchema>;
