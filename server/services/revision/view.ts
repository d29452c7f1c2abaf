import { type RevisionView, revisionViewSchema } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";
import { conditionsOf } from "#server/services/conditions.ts";

const WITH_NAMES = { version: { include: { model: true } }, status: true } as const;
type RevisionRow = Awaited<ReturnType<typeof findRevisions>>[number];

/** Newest first. */
export const findRevisions = (
  tx: Tx,
  where: { endpointUid: string | { in: string[] }; number?: number | { in: number[] } },
  take: number,
) => tx.revision.findMany({ where, include: WITH_NAMES, orderBy: { number: "desc" }, take });

const { shape } = revisionViewSchema;

export async function revisionViews(tx: Tx, rows: readonly RevisionRow[]): Promise<RevisionView[]> {
  const ids = rows.map((row) => row.id);
  const conditions = await conditionsOf(tx, "revision", ids);
  return rows.map((row) => ({
    revision: row.number,
    model: row.version.model.name,
    version: String(row.version.number),
    runtime: row.runtime,
    replicas: { min: row.replicasMin, max: row.replicasMax },
    resources: shape.resources.parse(row.resources),
    env: shape.env.parse(row.env),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    desiredReplicas: row.status?.desiredReplicas ?? null,
    readyReplicas: row.status?.readyReplicas ?? null,
    trouble: shape.trouble.parse(row.status?.trouble ?? null),
    observedAt: row.status?.observedAt.toISOString() ?? null,
    conditions: conditions.get(row.id) ?? [],
  }));
}
