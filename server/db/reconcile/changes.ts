import type { Database, Tx } from "#server/db/client.ts";
import type { ChangeKey } from "#server/db/record-change.ts";

/** Newest change so far; read it before everything is loaded, so that nothing falls in between. */
export async function newestChangeId(db: Database): Promise<bigint> {
  const [row] = await db.read.$queryRaw<{ id: bigint }[]>`SELECT coalesce(max(id), 0) AS id FROM "Change"`;
  return row?.id ?? 0n;
}

const CHANGES_READ_MAX = 1_000;

export type FoundChange = ChangeKey & Readonly<{ id: bigint }>;

/** Oldest first. Ids rise in commit order, so nothing can still appear below the last one answered. */
export async function changesAfter(db: Database, id: bigint): Promise<FoundChange[]> {
  const rows = await db.read.change.findMany({
    where: { id: { gt: id } },
    orderBy: { id: "asc" },
    take: CHANGES_READ_MAX,
  });
  return rows.map((row) => ({ id: row.id, kind: kindOf(row.kind), key: row.key }));
}

/** Workers read on from what they have read within seconds, and begin with everything. */
export const forgetOldChanges = (tx: Tx) =>
  tx.$executeRaw`DELETE FROM "Change" WHERE at < clock_timestamp() - interval '1 day'`;

const kindOf = (kind: string): ChangeKey["kind"] => (kind === "cluster" || kind === "environment" ? kind : "endpoint");

/** Everything there is to reconcile, clusters first: the rest waits for them. */
export async function allKeys(db: Database): Promise<ChangeKey[]> {
  const clusters = await db.read.cluster.findMany({ where: { removedAt: null }, select: { id: true } });
  const environments = await db.read.environment.findMany({
    where: { OR: [{ removedAt: null }, { status: null }, { status: { purgedAt: null } }] },
    select: { id: true },
  });
  const endpoints = await db.read.endpoint.findMany({
    where: { OR: [{ status: null }, { status: { purgedAt: null } }] },
    select: { uid: true },
  });
  return [
    ...clusters.map(({ id }) => ({ kind: "cluster" as const, key: id })),
    ...environments.map(({ id }) => ({ kind: "environment" as const, key: id })),
    ...endpoints.map(({ uid }) => ({ kind: "endpoint" as const, key: uid })),
  ];
}

/** Our identity in every cluster; null before web or the stack has made it. */
export async function installationId(db: Database): Promise<string | null> {
  return (await db.read.installation.findFirst())?.id ?? null;
}
