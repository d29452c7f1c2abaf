import { z } from "zod";
import { nameSchema } from "#domain/shared/names.ts";
import { pageInput, pageOf } from "#domain/shared/page.ts";
import { momentSchema, planViewSchema } from "#domain/shared/views.ts";

export const incidentIdSchema = z.uuid().brand<"IncidentId">();
const note = z.string().trim().max(2_000).default("");

export const listIncidentsSchema = z.strictObject({
  environment: nameSchema.optional(),
  endpoint: nameSchema.optional(),
  state: z.enum(["open", "resolved", "all"]).default("all"),
  ...pageInput,
});

export const incidentRefSchema = z.strictObject({ incident: incidentIdSchema });
export const acknowledgeIncidentSchema = z.strictObject({ incident: incidentIdSchema, reason: note });
export const noteIncidentSchema = z.strictObject({
  incident: incidentIdSchema,
  text: z.string().trim().min(1, "a note says something").max(2_000),
});
export const resolveIncidentSchema = z.strictObject({ incident: incidentIdSchema, reason: note });
export const silenceIncidentSchema = z.strictObject({
  incident: incidentIdSchema,
  /** 0 ends the silence. */
  minutes: z.coerce.number().int().min(0).max(10_080),
  reason: note,
});

export const incidentViewSchema = z.object({
  id: incidentIdSchema,
  endpoint: z.string(),
  environment: z.string(),
  state: z.enum(["open", "acknowledged", "resolved"]),
  severity: z.enum(["Degraded", "Failing"]),
  /** What broke, without when. */
  cause: z.string(),
  revision: z.number().int().nullable(),
  /** The health target that was missed, and what it was then (a ratio, milliseconds, pods). Null: nothing was served. */
  target: z.enum(["errorRatioMax", "latencyMsP99Max", "readyPodsMin"]).nullable(),
  threshold: z.number().nullable(),
  /** When the targets began to be missed; it was opened two minutes later. */
  since: momentSchema,
  openedAt: momentSchema,
  /** The change before it. */
  after: z.object({ plan: z.number().int(), at: momentSchema }).nullable(),
  acknowledgedAt: momentSchema.nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: momentSchema.nullable(),
  resolvedBy: z.string().nullable(),
  /** Open, and its endpoint healthy since then: it ends when that lasts. Null: not healthy, or nobody knows. */
  healthyAgainSince: momentSchema.nullable(),
  /** Of its endpoint. */
  silencedUntil: momentSchema.nullable(),
  /** How telling the webhook went; null: there is none, or it was silenced. */
  webhook: z
    .object({ deliveredAt: momentSchema.nullable(), attempts: z.number().int(), lastError: z.string().nullable() })
    .nullable(),
});
export type IncidentView = z.infer<typeof incidentViewSchema>;

/** An incident with all that belongs to it. */
export const incidentDetailSchema = incidentViewSchema.extend({
  /** Of the blamed revision. */
  version: z.string().nullable(),
  /** Changes from an hour before it began until it ended, newest first. */
  plans: z.array(planViewSchema),
  /** What people did to it, and to its endpoint's health targets since an hour before: audited, oldest first. */
  acts: z.array(
    z.object({
      action: z.string(),
      by: z.string(),
      at: momentSchema,
      reason: z.string(),
      /** Of a silence: until when; null ends it. */
      silencedUntil: momentSchema.nullable(),
    }),
  ),
  /** Messages to the webhook, oldest first. */
  messages: z.array(
    z.object({
      event: z.string(),
      at: momentSchema,
      deliveredAt: momentSchema.nullable(),
      attempts: z.number().int(),
      lastError: z.string().nullable(),
    }),
  ),
});
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;

export const incidentsViewSchema = pageOf(incidentViewSchema);
