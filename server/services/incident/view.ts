import { environmentKindSchema } from "#domain/environment/schema.ts";
import { type IncidentView, incidentIdSchema, incidentViewSchema } from "#domain/incident/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";
import { type Actor, requireWriteIn } from "#server/services/context.ts";
import { healthViews } from "#server/services/endpoint/health-view.ts";

export const WITH_ENDPOINT = {
  endpoint: { include: { environment: true } },
  deliveries: { orderBy: { createdAt: "desc" }, take: 1 },
} as const;

type Row = Awaited<ReturnType<typeof readIncident>>;

const readIncident = (tx: Tx, id: string) => tx.incident.findUniqueOrThrow({ where: { id }, include: WITH_ENDPOINT });

/** Throws `not_found`. */
export async function findIncident(tx: Tx, id: string): Promise<Row> {
  const row = await tx.incident.findUnique({ where: { id }, include: WITH_ENDPOINT });
  if (row === null) throw new DomainError("not_found", "There is no such incident.");
  return row;
}

/** As `findIncident`, locked until the transaction ends; refuses whoever may not act in its environment. */
export async function lockIncident(tx: Tx, actor: Actor, id: string): Promise<Row> {
  await tx.$queryRaw`SELECT id FROM "Incident" WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await findIncident(tx, id);
  requireWriteIn(actor, environmentKindSchema.parse(row.endpoint.environment.kind));
  return row;
}

const { shape } = incidentViewSchema;

export async function incidentViews(tx: Tx, rows: readonly Row[]): Promise<IncidentView[]> {
  const open = rows.filter(({ resolvedAt }) => resolvedAt === null);
  const health = await healthViews(
    tx,
    open.map(({ endpointUid }) => endpointUid),
  );
  return rows.map((row) => {
    const now = row.resolvedAt === null ? health(row.endpointUid) : null;
    return viewOf(row, now?.state === "Healthy" ? now.since : null);
  });
}

export async function incidentView(tx: Tx, row: Row): Promise<IncidentView> {
  const [view] = await incidentViews(tx, [row]);
  if (view === undefined) throw new Error("one row gives one view");
  return view;
}

function viewOf(row: Row, healthyAgainSince: string | null): IncidentView {
  const [delivery] = row.deliveries;
  return {
    id: incidentIdSchema.parse(row.id),
    endpoint: row.endpoint.name,
    environment: row.endpoint.environment.name,
    state: row.resolvedAt !== null ? "resolved" : row.acknowledgedAt !== null ? "acknowledged" : "open",
    severity: shape.severity.parse(row.severity),
    cause: row.cause,
    revision: row.revision,
    target: shape.target.parse(row.target),
    threshold: row.threshold,
    since: row.since.toISOString(),
    openedAt: row.openedAt.toISOString(),
    after:
      row.afterPlan === null || row.afterPlanAt === null
        ? null
        : { plan: row.afterPlan, at: row.afterPlanAt.toISOString() },
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: row.acknowledgedBy,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    resolvedBy: row.resolvedBy,
    healthyAgainSince,
    silencedUntil: row.endpoint.silencedUntil?.toISOString() ?? null,
    webhook:
      delivery === undefined
        ? null
        : {
            deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
            attempts: delivery.attempts,
            lastError: delivery.lastError,
          },
  };
}

export const subjectOf = (row: Row) => ({ kind: "incident", id: row.id, name: `${row.endpoint.name}: ${row.cause}` });
export const changeOf = (row: Row) => ({ kind: "endpoint", key: row.endpointUid }) as const;
