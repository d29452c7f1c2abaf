import { z } from "zod";
import { conditionSchema } from "#domain/shared/condition.ts";
import type { Database } from "#server/db/client.ts";
import { type ConditionReport, upsertConditions } from "./conditions.ts";

const moment = z.coerce.date();
const schema = z.object({
  id: z.string(),
  name: z.string(),
  source: z.enum(["ambient", "kubeconfig"]),
  sealedAccess: z.string().nullable(),
  generation: z.number(),
  removedAt: moment.nullable(),
  status: z
    .object({
      /** Newest one whose credentials were seen to lead to this cluster. */
      observedGeneration: z.number(),
      version: z.string().nullable(),
      clusterUid: z.string().nullable(),
      userName: z.string().nullable(),
    })
    .nullable(),
  conditions: z.array(conditionSchema.extend({ lastTransitionAt: moment })),
  /** Ids of environments of which something may be there. */
  environments: z.array(z.string()),
});
export type ClusterState = z.infer<typeof schema>;

/** Null when there is no such cluster. */
export async function loadCluster(db: Database, id: string): Promise<ClusterState | null> {
  const rows = await db.read.$queryRaw<{ state: unknown }[]>`
    SELECT json_build_object(
      'id', c.id, 'name', c.name, 'source', c.source, 'sealedAccess', c."sealedAccess", 'generation', c.generation,
      'removedAt', c."removedAt", 'status', row_to_json(s),
      'conditions', coalesce((SELECT json_agg(row_to_json(n)) FROM "Condition" n
        WHERE n."subjectKind" = 'cluster' AND n."subjectId" = c.id), '[]'),
      'environments', ARRAY(SELECT e.id FROM "Environment" e
        LEFT JOIN "EnvironmentStatus" es ON es."environmentId" = e.id
        WHERE e."clusterId" = c.id AND (e."removedAt" IS NULL OR es."purgedAt" IS NULL))
    ) AS state
    FROM "Cluster" c LEFT JOIN "ClusterStatus" s ON s."clusterId" = c.id WHERE c.id = ${id}::uuid`;
  const [row] = rows;
  return row === undefined ? null : schema.parse(row.state);
}

export type Answered = Readonly<{ version: string; clusterUid: string | null; userName: string | null }>;

/** It answered just now, as the cluster that it was. What it no longer tells, it was before. */
export async function recordAnswer(db: Database, state: ClusterState, answered: Answered): Promise<void> {
  const { version, clusterUid, userName } = answered;
  await db.read.$executeRaw`
    INSERT INTO "ClusterStatus" AS s ("clusterId", "observedGeneration", "observedAt", version, "clusterUid", "userName")
    VALUES (${state.id}::uuid, ${state.generation}, clock_timestamp(), ${version}, ${clusterUid}::text, ${userName}::text)
    ON CONFLICT ("clusterId") DO UPDATE SET "observedGeneration" = excluded."observedGeneration",
      "observedAt" = excluded."observedAt", version = excluded.version,
      "clusterUid" = coalesce(excluded."clusterUid", s."clusterUid"),
      "userName" = coalesce(excluded."userName", s."userName")`;
}

export async function reportCluster(db: Database, clusterId: string, condition: ConditionReport): Promise<void> {
  await db.read.$executeRaw(upsertConditions([{ ...condition, subjectKind: "cluster", subjectId: clusterId }]));
}
