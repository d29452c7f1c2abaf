import { z } from "zod";
import { pageInput } from "#domain/shared/page.ts";
import { momentSchema } from "#domain/shared/views.ts";

export const listAuditSchema = z.strictObject({
  subjectKind: z.string().max(40).optional(),
  subjectId: z.string().max(100).optional(),
  /** Only of this model and its versions. */
  model: z.string().max(120).optional(),
  /** A part of the subject's name, of who did it, or of the verb. */
  search: z.string().trim().max(100).optional(),
  ...pageInput,
});

export const auditViewSchema = z.object({
  id: z.string(),
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  action: z.string(),
  subject: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  before: z.json().nullable(),
  after: z.json().nullable(),
  reason: z.string(),
  requestId: z.string(),
  at: momentSchema,
});
