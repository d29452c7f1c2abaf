import { z } from "zod";
import { momentSchema, planEntryViewSchema, troubleSchema } from "#domain/shared/views.ts";
import { endpointRef, trafficEntrySchema } from "./schema.ts";

export const rollbackPreviewInputSchema = z.strictObject({
  ...endpointRef,
  toPlan: z.coerce.number().int().min(1).optional(),
});

const targetSchema = z.object({
  plan: z.number().int(),
  entries: z.array(
    planEntryViewSchema.extend({
      ready: z.number().int(),
      /** Ready pods there are now of what answers callers: enough to begin at once. */
      warm: z.boolean(),
    }),
  ),
  liveFrom: momentSchema.nullable(),
  liveTo: momentSchema.nullable(),
  /** Of its last hour; null: not known. */
  latencyMsP95: z.number().nullable(),
  /** False: until its pods are ready, what is live now keeps answering. */
  warm: z.boolean(),
  /**
   * From the click to the last answer of what is left; an estimate from how long these pods took before. Null: nobody can
   * say, as `cannotStart` tells.
   */
  waitSeconds: z.number().nullable(),
  /** Why pods that it needs do not start as things are, and what to do about it; null: nothing is known to stop them. */
  cannotStart: troubleSchema.nullable(),
  /** It is known to have missed its endpoint's health targets while it was served. */
  missedTargets: z.boolean(),
  /** What speaks against it, where somebody named it all the same: "it was rolled back from". Null: nothing. */
  against: z.string().nullable(),
  /** Ready pods now of what it gives a share, how many they are to be, and those of all that answers now. */
  ready: z.number().int(),
  full: z.number().int(),
  servingNow: z.number().int(),
  /** Whether `when` makes a difference: it could begin at once, with fewer pods than it is to have. */
  asksWhen: z.boolean(),
});

const choiceSchema = z.object({
  plan: z.number().int(),
  entries: z.array(planEntryViewSchema),
  /** Why it is not taken unless somebody names it; null: it would be. */
  refusedBecause: z.string().nullable(),
});

export const rollbackPreviewSchema = z.object({
  /** Null: nothing qualifies, as `why` says. */
  target: targetSchema.nullable(),
  why: z.string().nullable(),
  /** The number of the plan that is left, and what answers until then; null: nothing is served. */
  leaves: z.object({ plan: z.number().int(), entries: z.array(planEntryViewSchema) }).nullable(),
  /** A sentence when no revision is better than another; null: it may help. */
  unlikelyToHelp: z.string().nullable(),
  /** What `toPlan` may name, newest first. */
  choices: z.array(choiceSchema),
});
export type RollbackPreview = z.infer<typeof rollbackPreviewSchema>;

export const trafficPreviewInputSchema = z.strictObject({
  ...endpointRef,
  entries: z.array(trafficEntrySchema).max(50),
});

export const trafficPreviewSchema = z.object({
  /** Send it as If-Match: the plan that this was computed from. */
  plan: z.number().int(),
  /** What would be refused, by field; then nothing else is computed. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
  before: z.array(planEntryViewSchema),
  after: z.array(planEntryViewSchema),
  /** Which share of all units goes from which revision to which. */
  moves: z.array(z.object({ from: z.number().int(), to: z.number().int(), percent: z.number() })),
  movedPercent: z.number(),
  checks: z.array(
    z.object({
      /** contract: inputs and outputs of what would answer. capacity: pods that are ready. */
      kind: z.enum(["contract", "capacity"]),
      ok: z.boolean(),
      revision: z.number().int(),
      message: z.string(),
    }),
  ),
});
export type TrafficPreview = z.infer<typeof trafficPreviewSchema>;
