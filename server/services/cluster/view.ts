import { type ClusterView, clusterViewSchema } from "#domain/cluster/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";
import { conditionsOf } from "#server/services/conditions.ts";

const WITH_USE = {
  environments: { where: { removedAt: null }, select: { name: true }, orderBy: { name: "asc" } },
  status: true,
} as const;
type Row = Awaited<ReturnType<typeof findClusters>>[number];

export const findClusters = (tx: Tx, where: { id?: string } = {}) =>
  tx.cluster.findMany({ where: { removedAt: null, ...where }, include: WITH_USE, orderBy: { name: "asc" } });

const { shape } = clusterViewSchema;

/** `all`: every cluster that is not removed, for which of them are one. */
export async function clusterViews(tx: Tx, rows: readonly Row[], all: readonly Row[]): Promise<ClusterView[]> {
  const conditions = await conditionsOf(
    tx,
    "cluster",
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    source: shape.source.parse(row.source),
    server: row.server,
    environments: row.environments.map(({ name }) => name),
    generation: row.generation,
    version: row.status?.version ?? null,
    userName: row.status?.userName ?? null,
    observedAt: row.status?.observedAt?.toISOString() ?? null,
    sameAs: all.filter((other) => other.id !== row.id && isSame(row, other)).map(({ name }) => name),
    conditions: conditions.get(row.id) ?? [],
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString(),
    removedAt: row.removedAt?.toISOString() ?? null,
  }));
}

/** By Kubernetes' own identity where both told theirs, else by the address. */
function isSame(a: Row, b: Row): boolean {
  const [x, y] = [a.status?.clusterUid, b.status?.clusterUid];
  return x != null && y != null ? x === y : a.server !== null && a.server === b.server;
}

/** Locked until the transaction ends. Throws `not_found`. */
export async function lockCluster(tx: Tx, name: string) {
  await tx.$queryRaw`SELECT id::text FROM "Cluster" WHERE name = ${name} AND "removedAt" IS NULL FOR UPDATE`;
  const row = await tx.cluster.findFirst({ where: { name, removedAt: null }, include: WITH_USE });
  if (row === null) throw new DomainError("not_found", `There is no cluster "${name}".`);
  return row;
}

/** Not removed by anybody until the transaction ends: for what is made in it. Throws `not_found`. */
export async function holdCluster(tx: Tx, name: string): Promise<{ id: string }> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM "Cluster" WHERE name = ${name} AND "removedAt" IS NULL FOR SHARE`;
  if (row === undefined) throw new DomainError("not_found", `There is no cluster "${name}".`);
  return row;
}

/** One cluster as it is answered. */
export async function clusterView(tx: Tx, id: string): Promise<ClusterView> {
  const all = await findClusters(tx);
  const [view] = await clusterViews(
    tx,
    all.filter((row) => row.id === id),
    all,
  );
  if (view === undefined) throw new Error(`cluster ${id} is not there after its change`);
  return view;
}
