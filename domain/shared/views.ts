import { z } from "zod";

/** Moments cross the API as ISO 8601 in UTC. */
export const momentSchema = z.iso.datetime();

export const conditionViewSchema = z.object({
  type: z.string(),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string(),
  message: z.string(),
  observedGeneration: z.number().int(),
  lastTransitionAt: momentSchema,
});
export type ConditionView = z.infer<typeof conditionViewSchema>;

export const planEntryViewSchema = z.object({
  revision: z.number().int(),
  model: z.string(),
  version: z.string(),
  role: z.enum(["live", "shadow"]),
  weightPercent: z.number(),
});

export const planViewSchema = z.object({
  number: z.number().int(),
  kind: z.enum(["revision", "traffic", "rollback", "delete"]),
  entries: z.array(planEntryViewSchema),
  status: z.enum(["pending", "applied", "superseded", "failed"]),
  /** `m/n` router pods; null where it is not known, as for a plan that a newer one has replaced. */
  acknowledged: z.string().nullable(),
  /** A router that has not acknowledged, since when: `<pod> on <node> since <time>`. Null: none. */
  routerSilent: z.string().nullable(),
  decidedAt: momentSchema,
  decidedBy: z.string(),
  reason: z.string(),
  when: z.enum(["now", "capacity"]),
  repeatsPlan: z.number().int().nullable(),
  rolledBackFrom: z.number().int().nullable(),
  firstServedAt: momentSchema.nullable(),
  appliedAt: momentSchema.nullable(),
  supersededAt: momentSchema.nullable(),
  failure: z.string().nullable(),
});
export type PlanView = z.infer<typeof planViewSchema>;

export const secretRefSchema = z.strictObject({
  secretRef: z.strictObject({ name: z.string().min(1).max(253), key: z.string().min(1).max(253) }),
});

/** Why something is not ready, in one sentence, and what to do about it in another. */
export const troubleSchema = z.object({
  code: z.enum(["image", "scheduling", "quota", "crash", "memory", "probe", "artifact", "model", "configuration"]),
  message: z.string(),
  fix: z.string(),
});
export type Trouble = z.infer<typeof troubleSchema>;

export const revisionViewSchema = z.object({
  revision: z.number().int(),
  model: z.string(),
  version: z.string(),
  runtime: z.string(),
  replicas: z.object({ min: z.number().int(), max: z.number().int() }),
  resources: z.object({ cpu: z.string(), memory: z.string(), gpu: z.number().int() }),
  env: z.record(z.string(), z.union([z.string(), secretRefSchema])),
  createdBy: z.string(),
  createdAt: momentSchema,
  /** What the worker last saw, and when; null: it has not looked yet. */
  desiredReplicas: z.number().int().nullable(),
  readyReplicas: z.number().int().nullable(),
  /** Null: its pods are ready, not needed, or only starting. */
  trouble: troubleSchema.nullable(),
  observedAt: momentSchema.nullable(),
  conditions: z.array(conditionViewSchema),
});
export type RevisionView = z.infer<typeof revisionViewSchema>;
