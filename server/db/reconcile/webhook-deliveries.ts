import type { Database, Tx } from "#server/db/client.ts";

export type IncidentEvent = "incident.opened" | "incident.acknowledged" | "incident.resolved";

/**
 * Puts one message on its way, in the transaction of what it tells; nothing when there is no webhook. Silence holds back
 * that an incident is open; whoever was told that it is, is told the rest of it too.
 */
export async function tellWebhook(
  tx: Tx,
  incidentId: string,
  event: IncidentEvent,
  configured: boolean,
): Promise<void> {
  if (!configured) return;
  await tx.$executeRaw`
    INSERT INTO "WebhookDelivery" ("incidentId", event)
    SELECT i.id, ${event} FROM "Incident" i JOIN "Endpoint" e ON e.uid = i."endpointUid"
    WHERE i.id = ${incidentId}::uuid AND CASE WHEN ${event} = 'incident.opened'
      THEN i."resolvedAt" IS NULL AND (e."silencedUntil" IS NULL OR e."silencedUntil" < clock_timestamp())
      ELSE EXISTS (SELECT FROM "WebhookDelivery" d WHERE d."incidentId" = i.id AND d.event = 'incident.opened') END
    -- Who ends it at this moment sees what is told here, or is seen.
    FOR UPDATE OF i`;
}

export type DueDelivery = Readonly<{
  id: string;
  event: IncidentEvent;
  attempts: number;
  incidentId: string;
  severity: string;
  cause: string;
  revision: number | null;
  afterPlan: number | null;
  since: Date;
  openedAt: Date;
  acknowledgedBy: string | null;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  endpoint: string;
  environment: string;
}>;

const DUE_MAX = 50;

/** What is to be sent now, oldest first: an incident's messages stay in their order. */
export const dueDeliveries = (db: Database): Promise<DueDelivery[]> =>
  db.read.$queryRaw<DueDelivery[]>`
    SELECT d.id, d.event, d.attempts, i.id AS "incidentId", i.severity, i.cause, i.revision, i."afterPlan", i.since,
           i."openedAt", i."acknowledgedBy", i."resolvedAt", i."resolvedBy", e.name AS endpoint, v.name AS environment
    FROM "WebhookDelivery" d JOIN "Incident" i ON i.id = d."incidentId" JOIN "Endpoint" e ON e.uid = i."endpointUid"
    JOIN "Environment" v ON v.id = e."environmentId"
    WHERE d."nextAttemptAt" <= clock_timestamp() AND NOT EXISTS (
      SELECT FROM "WebhookDelivery" earlier WHERE earlier."incidentId" = d."incidentId"
        AND earlier."createdAt" < d."createdAt" AND earlier."nextAttemptAt" IS NOT NULL)
    ORDER BY d."createdAt" LIMIT ${DUE_MAX}`;

/** `error` null: delivered. `againInSeconds` null: it was the last attempt. */
export async function recordAttempt(
  db: Database,
  id: string,
  { error, againInSeconds }: { error: string | null; againInSeconds: number | null },
): Promise<void> {
  await db.read.$executeRaw`
    UPDATE "WebhookDelivery" SET attempts = attempts + 1, "lastError" = ${error}::text,
      "deliveredAt" = CASE WHEN ${error === null} THEN clock_timestamp() END,
      "nextAttemptAt" = clock_timestamp() + make_interval(secs => ${againInSeconds}::float8)
    WHERE id = ${id}::uuid`;
}
