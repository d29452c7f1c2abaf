import { type RevisionView, revisionViewSchema } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";
import { conditionsOf } from "#server/services/conditions.ts";

const WITH_NAMES = { version: { include: { model: true } }, status: true } as const;
type RevisionRow = Awaited<ReturnType<typeof findRevisions>>[number];
type Viewed = Omit<RevisionRow, "version"> & { version: { number: number; model: { name: string } } };

type Wanted = { endpointUid: string; number?: number | { in: number[] } };

/** Newest first; all without `take`. */
export const findRevisions = (tx: Tx, where: Wanted | { OR: Wanted[] }, take?: number) =>
  tx.revision.findMany({
    where,
    include: WITH_NAMES,
    orderBy: { number: "desc" },
    ...(take === undefined ? {} : { take }),
  });

const { shape } = revisionViewSchema;

export async function revisionViews(tx: Tx, rows: readonly RevisionRow[]): Promise<RevisionView[]> {
  const conditions = await conditionsOf(
    tx,
    "revision",
    rows.map((row) => row.id),
  );
  return rows.map((row) => revisionView(row, conditions.get(row.id) ?? []));
}

/** `row.status` and `conditions` are what the worker reported; null and none for one just written. */
export const revisionView = (row: Viewed, conditions: RevisionView["conditions"]): RevisionView => ({
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
  conditions,
});
