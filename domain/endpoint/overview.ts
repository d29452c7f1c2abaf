import { z } from "zod";
import { nameSchema } from "#domain/shared/names.ts";
import { momentSchema, planEntryViewSchema, planViewSchema } from "#domain/shared/views.ts";
import { HEALTH_STATES, healthViewSchema } from "./health.ts";
import { endpointUidSchema } from "./schema.ts";

export const overviewInputSchema = z.strictObject({
  environment: nameSchema.optional(),
  /** A part of `<environment>/<name>`. */
  search: z.string().trim().toLowerCase().max(82).optional(),
  state: z.enum(HEALTH_STATES).optional(),
  order: z.enum(["health", "name", "changed"]).default("health"),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const stateCountSchema = z.object({
  state: z.enum(HEALTH_STATES),
  count: z.number().int(),
  /** The one that is in this state for longest. */
  longest: z.object({ name: z.string(), environment: z.string(), since: momentSchema.nullable() }),
});
export type StateCount = z.infer<typeof stateCountSchema>;

/** One value per entry of the overview's `timestamps`; a gap is null, never zero. */
const series = z.array(z.number().nullable());

const overviewEndpointSchema = z.object({
  uid: endpointUidSchema,
  name: z.string(),
  environment: z.string(),
  environmentKind: z.enum(["development", "production"]),
  health: healthViewSchema,
  /** What callers meet: of the newest plan that was served, else of the newest; live ones with most traffic first. */
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
});

export const overviewSchema = z.object({
  at: momentSchema,
  /** One page of them; unhealthy first, then by name, unless asked otherwise. */
  endpoints: z.array(overviewEndpointSchema),
  /** On all pages of this search. */
  total: z.number().int(),
  /** Of all endpoints of the environment whatever is searched for, worst first; states that none is in are left out. */
  counts: z.array(stateCountSchema),
  /** Of every series: one hour in even steps, and now, which is of the last minute. Empty, with why, when metrics cannot be had. */
  timestamps: z.array(momentSchema),
  metricsUnavailable: z.object({ why: z.string(), since: momentSchema.nullable() }).nullable(),
  /** Ten newest changes of traffic, newest first. */
  recentChanges: z.array(planViewSchema.extend({ endpoint: z.string(), environment: z.string() })),
});
export type Overview = z.infer<typeof overviewSchema>;
