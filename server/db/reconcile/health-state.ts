import { z } from "zod";
import { HEALTH_STATES, isMissing, TARGET_NAMES } from "#domain/endpoint/health.ts";
import type { HealthRecord } from "#domain/endpoint/health-record.ts";
import { healthTargetsSchema } from "#domain/endpoint/schema.ts";
import { troubleSchema } from "#domain/shared/views.ts";
import type { Database, Tx } from "#server/db/client.ts";
import { storableJson } from "#server/db/json.ts";
import { NEWS_CHANNEL } from "#server/db/record-change.ts";

const moment = z.coerce.date();
const revisionSchema = z.object({
  number: z.number(),
  model: z.string(),
  version: z.number(),
  ready: z.number(),
  desired: z.number(),
  trouble: troubleSchema.nullable().catch(null),
});
const planSchema = z.object({
  id: z.string(),
  number: z.number(),
  servedAt: moment.nullable(),
  missedTargetsAt: moment.nullable(),
  entries: z.array(z.object({ revision: z.number(), role: z.string(), weightBps: z.number() })),
});

const stateSchema = z.object({
  now: moment,
  uid: z.string(),
  name: z.string(),
  environmentId: z.string(),
  environment: z.string(),
  namespace: z.string(),
  targets: healthTargetsSchema,
  newestPlan: z.number(),
  newestState: z.string().nullable(),
  failure: z.string().nullable(),
  /** Why the newest plan is not published, in the worker's words. */
  waiting: z.string().nullable(),
  /** The plan in the cluster; null: none yet. */
  plan: planSchema.nullable(),
  revisions: z.array(revisionSchema),
  health: z
    .object({
      state: z.enum(HEALTH_STATES),
      cause: z.string(),
      revision: z.number().nullable(),
      target: z.enum(TARGET_NAMES).nullable(),
      blindTo: z.enum(["cluster", "metrics"]).nullable(),
      blindWhy: z.string().nullable(),
      blindSince: moment.nullable(),
      since: moment,
      missedSince: moment.nullable(),
      metSince: moment.nullable(),
      afterPlan: z.number().nullable(),
      afterPlanAt: moment.nullable(),
    })
    .nullable(),
  /** `untold`: silence held back that it is open, or there was no webhook; it is over, and nobody has said that it is theirs. */
  incident: z.object({ id: z.string(), severity: z.string(), untold: z.boolean() }).nullable(),
});
export type HealthState = z.infer<typeof stateSchema>;

/**
 * Everything that health is judged from but for metrics, of all endpoints, in one round trip. A row that cannot be read
 * is told to `onUnreadable`, and is missing.
 */
export async function loadHealth(
  db: Database,
  onUnreadable: (endpoint: string, error: unknown) => void,
): Promise<HealthState[]> {
  const rows = await db.read.$queryRaw<{ name: string; state: unknown }[]>`
    SELECT e.name, json_build_object(
      'now', clock_timestamp(), 'uid', e.uid, 'name', e.name, 'environmentId', v.id, 'environment', v.name,
      'namespace', v.namespace,
      'targets', e."healthTargets", 'newestPlan', coalesce(n.number, 0), 'newestState', n.state,
      'failure', n.failure,
      'waiting', (SELECT c.message FROM "Condition" c WHERE c."subjectKind" = 'endpoint' AND c."subjectId" = e.uid
        AND c.type = 'Published' AND c.status = 'False'),
      'plan', (SELECT json_build_object('id', p.id, 'number', p.number, 'servedAt', ps."firstServedAt",
          'missedTargetsAt', ps."missedTargetsAt", 'entries', coalesce((
            SELECT json_agg(json_build_object('revision', t.revision, 'role', t.role, 'weightBps', t."weightBps"))
            FROM "TrafficPlanEntry" t WHERE t."planId" = p.id), '[]'))
        FROM "TrafficPlan" p LEFT JOIN "TrafficPlanStatus" ps ON ps."planId" = p.id
        WHERE p."endpointUid" = e.uid AND p.number = s."publishedPlan" AND p.number > 0),
      'revisions', coalesce((
        SELECT json_agg(json_build_object('number', r.number, 'model', l.name, 'version', m.number,
          'ready', coalesce(rs."readyReplicas", 0), 'desired', coalesce(rs."desiredReplicas", 0),
          'trouble', rs.trouble))
        FROM "Revision" r JOIN "ModelVersion" m ON m.id = r."versionId" JOIN "Model" l ON l.id = m."modelId"
        LEFT JOIN "RevisionStatus" rs ON rs."revisionId" = r.id
        WHERE r."endpointUid" = e.uid AND (rs."desiredReplicas" > 0 OR rs."readyReplicas" > 0)), '[]'),
      'health', row_to_json(h),
      'incident', (SELECT json_build_object('id', i.id, 'severity', i.severity,
          'untold', i."acknowledgedAt" IS NULL AND (e."silencedUntil" IS NULL OR e."silencedUntil" < clock_timestamp())
            AND NOT EXISTS (SELECT FROM "WebhookDelivery" d
              WHERE d."incidentId" = i.id AND d.event = 'incident.opened'))
        FROM "Incident" i
        WHERE i."endpointUid" = e.uid AND i."resolvedAt" IS NULL)
    ) AS state
    FROM "Endpoint" e JOIN "Environment" v ON v.id = e."environmentId"
    LEFT JOIN "EndpointStatus" s ON s."endpointUid" = e.uid
    LEFT JOIN "EndpointHealth" h ON h."endpointUid" = e.uid
    LEFT JOIN LATERAL (
      SELECT p.number, coalesce(ps.state, 'pending') AS state, ps.failure FROM "TrafficPlan" p
      LEFT JOIN "TrafficPlanStatus" ps ON ps."planId" = p.id
      WHERE p."endpointUid" = e.uid ORDER BY p.number DESC LIMIT 1) n ON true
    WHERE e."deletedAt" IS NULL`;
  return rows.flatMap(({ name, state }) => {
    const parsed = stateSchema.safeParse(state);
    if (parsed.success) return [parsed.data];
    onUnreadable(name, parsed.error);
    return [];
  });
}

export type HealthRow = HealthRecord & Readonly<{ endpointUid: string }>;

/** Only rows that changed; one statement. */
export async function saveHealth(db: Database, rows: readonly HealthRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = storableJson(
    rows.map(({ after, blind, ...row }) => ({
      ...row,
      blindTo: blind?.to ?? null,
      blindWhy: blind?.why ?? null,
      blindSince: blind?.since ?? null,
      afterPlan: after?.plan ?? null,
      afterPlanAt: after?.at ?? null,
    })),
  );
  await db.read.$queryRaw`
    WITH saved AS (
      INSERT INTO "EndpointHealth" AS h ("endpointUid", state, cause, revision, target, "blindTo", "blindWhy", "blindSince",
                                    since, "missedSince", "metSince", "afterPlan", "afterPlanAt")
      SELECT n."endpointUid", n.state, n.cause, n.revision, n.target, n."blindTo", n."blindWhy", n."blindSince",
             n.since, n."missedSince", n."metSince", n."afterPlan", n."afterPlanAt"
      FROM jsonb_to_recordset(${values}::jsonb) AS n("endpointUid" uuid, state text, cause text, revision int,
        target text, "blindTo" text, "blindWhy" text, "blindSince" timestamptz, since timestamptz,
        "missedSince" timestamptz, "metSince" timestamptz, "afterPlan" int, "afterPlanAt" timestamptz)
      JOIN "Endpoint" e ON e.uid = n."endpointUid"
      ON CONFLICT ("endpointUid") DO UPDATE SET state = excluded.state, cause = excluded.cause,
        revision = excluded.revision, target = excluded.target, "blindTo" = excluded."blindTo",
        "blindWhy" = excluded."blindWhy", "blindSince" = excluded."blindSince", since = excluded.since,
        -- A person who resolved the incident meanwhile has set it later than this look knows.
        "missedSince" = CASE WHEN excluded."missedSince" IS NOT NULL
                        THEN greatest(excluded."missedSince", h."missedSince") END,
        "metSince" = excluded."metSince", "afterPlan" = excluded."afterPlan",
        "afterPlanAt" = excluded."afterPlanAt"
      RETURNING 1)
    SELECT pg_notify(${NEWS_CHANNEL}, '')::text FROM saved LIMIT 1`;
}

/** Readers look at once, and not only with their next look. */
export const hintNews = (tx: Tx) => tx.$queryRaw`SELECT pg_notify(${NEWS_CHANNEL}, '')::text`;

/** A plan is known to have missed its targets, or to have met them again. */
export const markPlan = (tx: Tx, planId: string, missed: boolean) =>
  tx.$executeRaw`
    UPDATE "TrafficPlanStatus" SET "missedTargetsAt" = CASE WHEN ${missed} THEN clock_timestamp() END
    WHERE "planId" = ${planId}::uuid AND ("missedTargetsAt" IS NULL) = ${missed}`;

/** Opens one, unless one is open or the endpoint is gone; answers its id then. `threshold`: what the missed target is. */
export async function openIncident(tx: Tx, health: HealthRow, threshold: number | null): Promise<string | null> {
  const { after } = health;
  // One that a person resolved while it went on began when it began, though the next is counted from there.
  const since = isMissing(health.state) ? health.since : (health.missedSince ?? health.since);
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO "Incident" ("endpointUid", cause, severity, revision, target, threshold, "afterPlan", "afterPlanAt", since)
    SELECT e.uid, ${health.cause}, ${health.state === "Failing" ? "Failing" : "Degraded"},
           ${health.revision}::int, ${health.target}::text, ${threshold}::float8, ${after?.plan ?? null}::int,
           ${after?.at ?? null}::timestamptz, ${since}::timestamptz
    -- Locked, so that whoever deletes it at this moment ends the incident with it.
    FROM "Endpoint" e WHERE e.uid = ${health.endpointUid}::uuid AND e."deletedAt" IS NULL FOR SHARE
    ON CONFLICT DO NOTHING RETURNING id`;
  return row?.id ?? null;
}

/** What is told of it, its chart and its runbook are of one miss: the worse one. */
export const worsenIncident = (tx: Tx, id: string, health: HealthRow, threshold: number | null) =>
  tx.$executeRaw`
    UPDATE "Incident" SET severity = 'Failing', cause = ${health.cause}, revision = ${health.revision}::int,
      target = ${health.target}::text, threshold = ${threshold}::float8
    WHERE id = ${id}::uuid AND "resolvedAt" IS NULL`;

/** True unless somebody did before. */
export const endIncident = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.$executeRaw`
    UPDATE "Incident" SET "resolvedAt" = clock_timestamp(), "resolvedBy" = 'Slipway'
    WHERE id = ${id}::uuid AND "resolvedAt" IS NULL`) > 0;
