import {
  type EnvironmentKind,
  type EnvironmentView,
  environmentIdSchema,
  environmentViewSchema,
} from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";
import { conditionsOf } from "#server/services/conditions.ts";

const WITH_STATUS = { cluster: true, status: true } as const;
type Row = Awaited<ReturnType<typeof findEnvironments>>[number];

export const findEnvironments = (tx: Tx, where: { id?: string; name?: { gt: string } }, take: number) =>
  tx.environment.findMany({
    where: { removedAt: null, ...where },
    include: WITH_STATUS,
    orderBy: { name: "asc" },
    take,
  });

const { shape } = environmentViewSchema;

export async function environmentViews(tx: Tx, rows: readonly Row[]): Promise<EnvironmentView[]> {
  const ids = rows.map((row) => row.id);
  const conditions = await conditionsOf(tx, "environment", ids);
  return rows.map((row) => ({
    id: environmentIdSchema.parse(row.id),
    name: row.name,
    cluster: row.cluster.name,
    namespace: row.namespace,
    kind: shape.kind.parse(row.kind),
    gatewayUrl: row.gatewayUrl,
    serviceType: row.serviceType,
    imagePrefix: row.imagePrefix,
    scrapeNamespace: row.scrapeNamespace,
    podMonitorLabels: shape.podMonitorLabels.parse(row.podMonitorLabels),
    warmFullMinutes: row.warmFullMinutes,
    warmReplicas: row.warmReplicas,
    generation: row.generation,
    observedAt: row.status?.observedAt?.toISOString() ?? null,
    routersReady: row.status?.routersReady ?? null,
    missingRights: row.status?.rightsCheckedAt == null ? null : row.status.missingRights,
    conditions: conditions.get(row.id) ?? [],
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString(),
    removedAt: row.removedAt?.toISOString() ?? null,
  }));
}

/** Locked until the transaction ends. Throws `not_found`. */
export async function lockEnvironment(tx: Tx, name: string): Promise<Row> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM "Environment" WHERE name = ${name} AND "removedAt" IS NULL FOR UPDATE`;
  const [row] = rows[0] === undefined ? [] : await findEnvironments(tx, { id: rows[0].id }, 1);
  if (row === undefined) throw new DomainError("not_found", `There is no environment "${name}".`);
  return row;
}

/** Not removed by anybody until the transaction ends: for what is made in it. Throws `not_found`. */
export async function holdEnvironment(tx: Tx, name: string): Promise<{ id: string; kind: EnvironmentKind }> {
  const [row] = await tx.$queryRaw<{ id: string; kind: string }[]>`
    SELECT id::text, kind FROM "Environment" WHERE name = ${name} AND "removedAt" IS NULL FOR SHARE`;
  if (row === undefined) throw new DomainError("not_found", `There is no environment "${name}".`);
  return { id: row.id, kind: shape.kind.parse(row.kind) };
}

/** One environment as it is answered. */
export async function environmentView(tx: Tx, id: string): Promise<EnvironmentView> {
  const [view] = await environmentViews(tx, await findEnvironments(tx, { id }, 1));
  if (view === undefined) throw new Error(`environment ${id} is not there after its change`);
  return view;
}
