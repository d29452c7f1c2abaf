import { conditionSchema } from "#domain/shared/condition.ts";
import type { ConditionView } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";

/** Conditions by subject id, sorted by type; a subject without any is absent. */
export async function conditionsOf(
  tx: Tx,
  subjectKind: "cluster" | "environment" | "endpoint" | "revision",
  subjectIds: readonly string[],
): Promise<Map<string, ConditionView[]>> {
  const rows = await tx.condition.findMany({
    where: { subjectKind, subjectId: { in: [...subjectIds] } },
    orderBy: { type: "asc" },
  });
  const bySubject = new Map<string, ConditionView[]>();
  for (const { subjectId, ...row } of rows) {
    const condition = conditionSchema.parse(row);
    const view = { ...condition, lastTransitionAt: condition.lastTransitionAt.toISOString() };
    bySubject.set(subjectId, [...(bySubject.get(subjectId) ?? []), view]);
  }
  return bySubject;
}
