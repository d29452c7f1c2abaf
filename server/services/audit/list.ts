import { auditViewSchema, listAuditSchema } from "#domain/audit/schema.ts";
import { pageOf } from "#domain/shared/page.ts";
import { bigNumber, decodeCursor, pageFrom } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";

const json = auditViewSchema.shape.before;

/** Newest first. */
export const listAudit = defineVerb({
  name: "audit.list",
  kind: "query",
  permission: "audit:read",
  input: listAuditSchema,
  output: pageOf(auditViewSchema),
  async run(ctx, { subjectKind, subjectId, cursor, limit }) {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, bigNumber)[0];
    const rows = await ctx.db.read.audit.findMany({
      where: {
        ...(subjectKind === undefined ? {} : { subjectKind }),
        ...(subjectId === undefined ? {} : { subjectId }),
        ...(before === undefined ? {} : { id: { lt: BigInt(before) } }),
      },
      orderBy: { id: "desc" },
      take: limit + 1,
    });
    const { page, nextCursor } = pageFrom(rows, limit, (row) => [String(row.id)]);
    const items = page.map((row) => ({
      id: String(row.id),
      actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
      action: row.action,
      subject: { kind: row.subjectKind, id: row.subjectId, name: row.subjectName },
      before: json.parse(row.before),
      after: json.parse(row.after),
      reason: row.reason,
      requestId: row.requestId,
      at: row.at.toISOString(),
    }));
    return { items, nextCursor };
  },
});
