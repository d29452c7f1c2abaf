import { z } from "zod";
import { conditionSchema } from "#domain/shared/condition.ts";
import type { Database } from "#server/db/client.ts";
import { type ConditionReport, upsertConditions } from "./conditions.ts";

const moment = z.coerce.date();
const schema = z.object({
  now: moment,
  id: z.string(),
  name: z.string(),
  namespace: z.string(),
  clusterId: z.string(),
  cluster: z.object({
    name: z.string(),
    source: z.string(),
    /** What its condition Reachable says when it is not; null: it is, or nobody knows yet. */
    unreachable: z.string().nullable(),
  }),
  /** Somebody deleted it: what is there of it is to go. */
  removedAt: moment.nullable(),
  /** An older environment in the same namespace of the same cluster, known here by another name. */
  rival: z.string().nullable(),
  gatewayUrl: z.string(),
  serviceType: z.string(),
  imagePrefix: z.string(),
  podMonitorLabels: z.record(z.string(), z.string()).nullable().catch(null),
  generation: z.number(),
  status: z
    .object({
      observedGeneration: z.number(),
      routersReady: z.number(),
      missingRights: z
        .array(z.string())
        .nullable()
        .transform((rights) => rights ?? []),
      rightsCheckedAt: moment.nullable(),
      purgedAt: moment.nullable(),
    })
    .nullable(),
  conditions: z.array(conditionSchema.extend({ lastTransitionAt: moment })),
  /** Endpoints whose workloads are not known to be gone, with the numbers of their revisions. */
  endpoints: z.array(z.object({ uid: z.string(), revisions: z.array(z.number()) })),
});
export type EnvironmentState = z.infer<typeof schema>;

/** One round trip. Null when there is no such environment. */
export async function loadEnvironment(db: Database, id: string): Promise<EnvironmentState | null> {
  const rows = await db.read.$queryRaw<{ state: unknown }[]>`
    SELECT json_build_object(
      'now', clock_timestamp(), 'id', e.id, 'name', e.name, 'namespace', e.namespace,
      'clusterId', e."clusterId", 'removedAt', e."removedAt",
      'cluster', (SELECT json_build_object('name', k.name, 'source', k.source, 'unreachable', (
          SELECT n.message FROM "Condition" n WHERE n."subjectKind" = 'cluster' AND n."subjectId" = k.id
            AND n.type = 'Reachable' AND n.status = 'False'))
        FROM "Cluster" k WHERE k.id = e."clusterId"),
      'rival', (SELECT o.name FROM "ClusterStatus" mine
        JOIN "ClusterStatus" theirs ON theirs."clusterUid" = mine."clusterUid"
        JOIN "Environment" o ON o."clusterId" = theirs."clusterId"
        WHERE mine."clusterId" = e."clusterId" AND o.namespace = e.namespace AND o."removedAt" IS NULL
          AND (o."createdAt", o.id) < (e."createdAt", e.id) ORDER BY o."createdAt" LIMIT 1),
      'gatewayUrl', e."gatewayUrl",
      'serviceType', e."serviceType", 'imagePrefix', e."imagePrefix",
      'podMonitorLabels', e."podMonitorLabels", 'generation', e.generation,
      'status', row_to_json(s),
      'conditions', coalesce((SELECT json_agg(row_to_json(c)) FROM "Condition" c
        WHERE c."subjectKind" = 'environment' AND c."subjectId" = e.id), '[]'),
      'endpoints', coalesce((SELECT json_agg(json_build_object('uid', p.uid, 'revisions',
          ARRAY(SELECT r.number FROM "Revision" r WHERE r."endpointUid" = p.uid))) FROM "Endpoint" p
        LEFT JOIN "EndpointStatus" ps ON ps."endpointUid" = p.uid
        WHERE p."environmentId" = e.id AND ps."purgedAt" IS NULL), '[]')
    ) AS state
    FROM "Environment" e LEFT JOIN "EnvironmentStatus" s ON s."environmentId" = e.id WHERE e.id = ${id}::uuid`;
  const [row] = rows;
  return row === undefined ? null : schema.parse(row.state);
}

/** Nothing of a removed environment is left in its cluster. */
export async function reportPurged(db: Database, id: string): Promise<void> {
  await db.read.$executeRaw`
    INSERT INTO "EnvironmentStatus" AS s ("environmentId", "observedGeneration", "purgedAt")
    SELECT id, generation, clock_timestamp() FROM "Environment" WHERE id = ${id}::uuid
    ON CONFLICT ("environmentId") DO UPDATE SET "purgedAt" = coalesce(s."purgedAt", excluded."purgedAt")`;
}

/** What the cluster says of our rights there. */
export async function reportRights(db: Database, id: string, missing: readonly string[]): Promise<void> {
  await db.read.$executeRaw`
    INSERT INTO "EnvironmentStatus" ("environmentId", "observedGeneration", "missingRights", "rightsCheckedAt")
    VALUES (${id}::uuid, 0, ${missing}::text[], clock_timestamp())
    ON CONFLICT ("environmentId") DO UPDATE SET "missingRights" = excluded."missingRights",
      "rightsCheckedAt" = excluded."rightsCheckedAt"`;
}

export type EnvironmentReport = Readonly<{
  environmentId: string;
  observedGeneration: number;
  routersReady: number;
  conditions: readonly ConditionReport[];
}>;

/** One statement. `observedAt` is the heartbeat's to write. */
export async function reportEnvironment(db: Database, report: EnvironmentReport): Promise<void> {
  const subject = { subjectKind: "environment", subjectId: report.environmentId } as const;
  const conditions = report.conditions.map((condition) => ({ ...condition, ...subject }));
  await db.read.$executeRaw`
    WITH conditions AS (${upsertConditions(conditions)})
    INSERT INTO "EnvironmentStatus" ("environmentId", "observedGeneration", "routersReady")
    VALUES (${report.environmentId}::uuid, ${report.observedGeneration}, ${report.routersReady})
    ON CONFLICT ("environmentId") DO UPDATE SET "observedGeneration" = excluded."observedGeneration",
      "routersReady" = excluded."routersReady"`;
}

/** `staleMs`: how long ago the caches of the environment were last proven current. False: it has no status row yet. */
export async function recordHeartbeat(db: Database, environmentId: string, staleMs: number): Promise<boolean> {
  const rows = await db.read.$executeRaw`
    UPDATE "EnvironmentStatus" SET "observedAt" = greatest("observedAt",
      clock_timestamp() - make_interval(secs => ${staleMs / 1000}::float8))
    WHERE "environmentId" = ${environmentId}::uuid`;
  return rows > 0;
}
