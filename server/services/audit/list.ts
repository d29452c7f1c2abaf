import { auditViewSchema, listAuditSchema } from "#domain/audit/schema.ts";
import { pageOf } from "#domain/shared/page.ts";
import type { Tx } from "#server/db/client.ts";
import { bigNumber, decodeCursor, likeText, pageFrom } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";

const json = auditViewSchema.shape.before;

const SEARCHED = ["subjectName", "actorName", "action", "reason"] as const;
const contains = (part: string) => ({ contains: likeText(part), mode: "insensitive" as const });

/** More versions than these nobody reads the events of at a time. */
const VERSIONS_MAX = 1_000;

/** Ids of a model and of its newest versions; none when there is no such model. */
async function subjectsOf(tx: Tx, name: string): Promise<string[]> {
  const versions = { select: { id: true }, orderBy: { number: "desc" }, take: VERSIONS_MAX } as const;
  const model = await tx.model.findUnique({ where: { name }, select: { id: true, versions } });
  return model === null ? [] : [model.id, ...model.versions.map(({ id }) => id)];
}

/** Newest first. */
export const listAudit = defineVerb({
  name: "audit.list",
  kind: "query",
  permission: "audit:read",
  input: listAuditSchema,
  output: pageOf(auditViewSchema),
  async run(ctx, { subjectKind, subjectId, model, search, cursor, limit }) {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, bigNumber)[0];
    const subjects = model === undefined ? undefined : await subjectsOf(ctx.db.read, model);
    const rows = await ctx.db.read.audit.findMany({
      where: {
        ...(subjectKind === undefined ? {} : { subjectKind }),
        ...(subjectId === undefined ? {} : { subjectId }),
        ...(subjects === undefined
          ? {}
          : { AND: { subjectKind: { in: ["model", "version"] }, subjectId: { in: subjects } } }),
        ...(search ? { OR: SEARCHED.map((column) => ({ [column]: contains(search) })) } : {}),
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
