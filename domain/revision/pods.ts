import { z } from "zod";
import { nameSchema } from "#domain/shared/names.ts";
import { momentSchema, troubleSchema } from "#domain/shared/views.ts";

export const podViewSchema = z.object({
  name: z.string(),
  node: z.string().nullable(),
  phase: z.string(),
  ready: z.boolean(),
  terminating: z.boolean(),
  restarts: z.number().int(),
  /** Containers whose log can be read. */
  containers: z.array(z.string()),
  createdAt: momentSchema.nullable(),
  trouble: troubleSchema.nullable(),
});
export type PodView = z.infer<typeof podViewSchema>;

export const eventViewSchema = z.object({
  at: momentSchema.nullable(),
  type: z.string(),
  reason: z.string(),
  /** `Pod/credit-r5-…`. */
  object: z.string(),
  message: z.string(),
  count: z.number().int(),
});
export type EventView = z.infer<typeof eventViewSchema>;

export const revisionPodsInputSchema = z.strictObject({
  endpoint: nameSchema,
  environment: nameSchema.optional(),
  revision: z.coerce.number().int().min(1).optional(),
});

/** One item per revision that has pods or should have, newest first. */
export const revisionPodsSchema = z.object({
  items: z.array(
    z.object({
      revision: z.number().int(),
      model: z.string(),
      version: z.string(),
      desiredReplicas: z.number().int(),
      readyReplicas: z.number().int(),
      trouble: troubleSchema.nullable(),
      pods: z.array(podViewSchema),
      /** Newest first. */
      events: z.array(eventViewSchema),
      observedAt: momentSchema,
    }),
  ),
  /** When the worker's copies were last known to be current; null: never yet. */
  observedAt: momentSchema.nullable(),
});

export const podLogInputSchema = z.strictObject({
  endpoint: nameSchema,
  environment: nameSchema.optional(),
  revision: z.coerce.number().int().min(1),
  pod: z
    .string()
    .max(253)
    .regex(/^[a-z0-9.-]+$/, "a pod's name holds a-z, 0-9, . and -"),
  container: z
    .string()
    .max(63)
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  follow: z.boolean().default(false),
  /** Of the run before this one, after a crash. */
  previous: z.boolean().default(false),
  tailLines: z.coerce.number().int().min(1).max(10_000).default(500),
});
