import { z } from "zod";
import { conditionSchema } from "#domain/shared/condition.ts";
import { PLAN_STATES } from "#domain/traffic/plan-state.ts";
import { bucketRangeSchema } from "#domain/traffic/wire.ts";
import type { Database } from "#server/db/client.ts";

/**
 * Every change of traffic waits for this to be read, so it is not the whole ledger: a rollback further back than this
 * finds its target cold. What a silent router may still serve, from the last applied plan on, is always read.
 */
const PLANS_READ = 60;

const moment = z.coerce.date();
const environmentSchema = z.object({
  id: z.string(),
  clusterId: z.string(),
  name: z.string(),
  namespace: z.string(),
  kind: z.string(),
  gatewayUrl: z.string(),
  serviceType: z.string(),
  imagePrefix: z.string(),
  scrapeNamespace: z.string().nullable(),
  podMonitorLabels: z.unknown(),
  warmFullMinutes: z.number(),
  warmReplicas: z.number(),
  generation: z.number(),
});
export type EnvironmentRow = z.infer<typeof environmentSchema>;

const revisionSchema = z.object({
  id: z.string(),
  number: z.number(),
  versionId: z.string(),
  versionNumber: z.number(),
  modelId: z.string(),
  modelName: z.string(),
  digest: z.string(),
  runtime: z.string(),
  replicasMin: z.number(),
  replicasMax: z.number(),
  resources: z.object({ cpu: z.string(), memory: z.string(), gpu: z.number() }),
  env: z.record(
    z.string(),
    z.union([z.string(), z.object({ secretRef: z.object({ name: z.string(), key: z.string() }) })]),
  ),
  status: z
    .object({
      desiredReplicas: z.number(),
      readyReplicas: z.number(),
      progressSince: moment.nullable(),
      deadlineMissedAt: moment.nullable(),
      pods: z.unknown(),
      events: z.unknown(),
      trouble: z.unknown(),
    })
    .nullable(),
});
export type RevisionRow = z.infer<typeof revisionSchema>;

const planSchema = z.object({
  id: z.string(),
  number: z.number(),
  kind: z.enum(["revision", "traffic", "rollback", "delete"]),
  salt: z.string(),
  repeatsPlan: z.number().nullable(),
  rolledBackFrom: z.number().nullable(),
  publishWhen: z.enum(["now", "capacity"]),
  decidedAt: moment,
  state: z.enum(PLAN_STATES),
  firstServedAt: moment.nullable(),
  supersededAt: moment.nullable(),
  missedTargetsAt: moment.nullable(),
  entries: z.array(
    z.object({
      revision: z.number(),
      role: z.enum(["live", "shadow"]),
      weightBps: z.number(),
      ranges: z.array(bucketRangeSchema),
    }),
  ),
});
export type PlanRow = z.infer<typeof planSchema>;

const endpointSchema = z.object({
  /** The database's clock when this was read. */
  now: moment,
  uid: z.string(),
  name: z.string(),
  generation: z.number(),
  salt: z.string(),
  onUnavailable: z.enum(["fallback", "fail"]),
  timeoutMs: z.number(),
  bodyBytesMax: z.number(),
  createdAt: moment,
  environment: environmentSchema,
  status: z
    .object({
      observedGeneration: z.number(),
      publishedPlan: z.number(),
      publishedAt: moment.nullable(),
      acknowledged: z.number(),
      routers: z.number(),
      purgedAt: moment.nullable(),
    })
    .nullable(),
  revisions: z.array(revisionSchema),
  /** Newest first. */
  plans: z.array(planSchema),
  /** Newest number each router pod is known to have acknowledged, by pod uid. */
  acks: z.record(z.string(), z.number()),
  conditions: z.array(conditionSchema.extend({ subjectId: z.string(), lastTransitionAt: moment })),
});
/** Everything the database says about an endpoint, intent and status, of one moment. */
export type EndpointState = z.infer<typeof endpointSchema>;

/** One round trip. Null when there is no such endpoint. */
export async function loadEndpoint(db: Database, uid: string): Promise<EndpointState | null> {
  const rows = await db.read.$queryRaw<{ state: unknown }[]>`
    SELECT json_build_object(
      'now', clock_timestamp(), 'uid', e.uid, 'name', e.name, 'generation', e.generation, 'salt', e.salt,
      'onUnavailable', e."onUnavailable", 'timeoutMs', e."timeoutMs", 'bodyBytesMax', e."bodyBytesMax",
      'createdAt', e."createdAt", 'environment', row_to_json(env), 'status', row_to_json(s),
      'revisions', coalesce((
        SELECT json_agg(json_build_object(
          'id', r.id, 'number', r.number, 'versionId', v.id, 'versionNumber', v.number, 'modelId', m.id,
          'modelName', m.name, 'digest', v."artifactDigest", 'runtime', r.runtime, 'replicasMin', r."replicasMin",
          'replicasMax', r."replicasMax", 'resources', r.resources,
          'env', CASE jsonb_typeof(r.env) WHEN 'object' THEN r.env ELSE '{}' END, 'status', row_to_json(rs))
          ORDER BY r.number)
        FROM "Revision" r JOIN "ModelVersion" v ON v.id = r."versionId" JOIN "Model" m ON m.id = v."modelId"
        LEFT JOIN "RevisionStatus" rs ON rs."revisionId" = r.id WHERE r."endpointUid" = e.uid), '[]'),
      'plans', coalesce((
        SELECT json_agg(p ORDER BY p.number DESC) FROM (
          SELECT p.id, p.number, p.kind, p.salt, p."repeatsPlan", p."rolledBackFrom", p."publishWhen", p."decidedAt",
                 coalesce(ps.state, 'pending') AS state, ps."firstServedAt", ps."supersededAt", ps."missedTargetsAt",
                 (SELECT coalesce(json_agg(json_build_object('revision', t.revision, 'role', t.role,
                    'weightBps', t."weightBps", 'ranges', t.ranges) ORDER BY t.revision), '[]')
                  FROM "TrafficPlanEntry" t WHERE t."planId" = p.id) AS entries
          FROM "TrafficPlan" p LEFT JOIN "TrafficPlanStatus" ps ON ps."planId" = p.id
          WHERE p."endpointUid" = e.uid AND p.number >= least(
            (SELECT max(n.number) FROM "TrafficPlan" n WHERE n."endpointUid" = e.uid) - ${PLANS_READ}::int,
            (SELECT coalesce(max(n.number), 0) FROM "TrafficPlan" n JOIN "TrafficPlanStatus" ns ON ns."planId" = n.id
             WHERE n."endpointUid" = e.uid AND ns.state = 'applied'))) p), '[]'),
      'acks', coalesce((
        SELECT json_object_agg(a."podUid", a."planNumber") FROM "PlanAck" a WHERE a."endpointUid" = e.uid), '{}'),
      'conditions', coalesce((
        SELECT json_agg(row_to_json(c)) FROM "Condition" c
        WHERE (c."subjectKind" = 'endpoint' AND c."subjectId" = e.uid) OR (c."subjectKind" = 'revision'
          AND c."subjectId" IN (SELECT id FROM "Revision" WHERE "endpointUid" = e.uid))), '[]')
    ) AS state
    FROM "Endpoint" e JOIN "Environment" env ON env.id = e."environmentId"
    LEFT JOIN "EndpointStatus" s ON s."endpointUid" = e.uid WHERE e.uid = ${uid}::uuid`;
  const [row] = rows;
  return row === undefined ? null : endpointSchema.parse(row.state);
}

/** Number of the newest plan now: what was decided since a load must stop a scale-down. */
export async function newestPlanNumber(db: Database, endpointUid: string): Promise<number> {
  const [row] = await db.read.$queryRaw<{ number: number }[]>`
    SELECT coalesce(max(number), 0)::int AS number FROM "TrafficPlan" WHERE "endpointUid" = ${endpointUid}::uuid`;
  return row?.number ?? 0;
}
