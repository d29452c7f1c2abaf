import { clusterViewSchema, removeClusterSchema } from "#domain/cluster/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";
import { endIncidents } from "#server/services/incident/end-with-endpoint.ts";
import { defineVerb } from "#server/services/verb.ts";
import { clusterView, lockCluster } from "./view.ts";

/**
 * Only an empty one, unless it is abandoned: then its environments and endpoints become tombstones at once, and what
 * runs in the cluster goes on as it is, without us. Its credentials are erased either way.
 */
export const removeCluster = defineVerb({
  name: "cluster.remove",
  kind: "mutation",
  permission: "environment:write",
  input: removeClusterSchema,
  output: clusterViewSchema,
  run: (ctx, { cluster: name, abandon }) =>
    ctx.write(async (tx) => {
      const row = await lockCluster(tx, name);
      if (row.source === "ambient")
        throw new DomainError("invalid", `"${name}" is the cluster that Slipway was started with: it stays.`);
      const left = await findLeft(tx, row.id);
      if (left.length > 0 && !abandon)
        throw new DomainError(
          "not_empty",
          `The cluster "${name}" still has the environments ${left.join(", ")}. Delete them first, or abandon them with it (abandon=true): then what runs there stays, and Slipway forgets it.`,
          { detail: { environments: left } },
        );
      const abandoned = await abandonEverything(tx, row.id, ctx.webhook);
      const answer = await clusterView(tx, row.id);
      const [removed] = await tx.$queryRaw<{ removedAt: Date }[]>`
        UPDATE "Cluster" SET "removedAt" = clock_timestamp(), "sealedAccess" = NULL, generation = generation + 1,
          "updatedBy" = ${ctx.actor.name}, "updatedAt" = clock_timestamp()
        WHERE id = ${row.id}::uuid RETURNING "removedAt"`;
      return {
        answer: { ...answer, environments: [], removedAt: removed?.removedAt.toISOString() ?? null },
        audit: {
          action: "cluster.remove",
          subject: { kind: "cluster", id: row.id, name },
          before: { server: row.server, environments: left },
          after: { abandoned },
        },
        change: { kind: "cluster", key: row.id } as const,
      };
    }),
});

/** Environments of which something may still be in the cluster, those that are being removed too. */
async function findLeft(tx: Tx, clusterId: string): Promise<string[]> {
  const rows = await tx.environment.findMany({
    where: { clusterId, OR: [{ removedAt: null }, { status: null }, { status: { purgedAt: null } }] },
    select: { name: true },
    orderBy: { name: "asc" },
  });
  return rows.map((row) => row.name);
}

/** Rows stay, for ledger, audit and charts; nothing is left for the worker to do. */
async function abandonEverything(
  tx: Tx,
  clusterId: string,
  webhook: boolean,
): Promise<{ environments: number; endpoints: number }> {
  // Whoever is just making an endpoint in one of them comes first.
  await tx.$queryRaw`SELECT id::text FROM "Environment" WHERE "clusterId" = ${clusterId}::uuid FOR UPDATE`;
  const endpoints = await tx.$executeRaw`
    UPDATE "Endpoint" e SET "deletedAt" = clock_timestamp() FROM "Environment" v
    WHERE v.id = e."environmentId" AND v."clusterId" = ${clusterId}::uuid AND e."deletedAt" IS NULL`;
  await tx.$executeRaw`
    INSERT INTO "EndpointStatus" AS s ("endpointUid", "observedGeneration", "observedAt", "purgedAt")
    SELECT e.uid, e.generation, to_timestamp(0), clock_timestamp() FROM "Endpoint" e
    JOIN "Environment" v ON v.id = e."environmentId" WHERE v."clusterId" = ${clusterId}::uuid
    ON CONFLICT ("endpointUid") DO UPDATE SET "purgedAt" = coalesce(s."purgedAt", excluded."purgedAt")`;
  await endIncidents(tx, { environment: { clusterId } }, webhook);
  const environments = await tx.$executeRaw`
    UPDATE "Environment" SET "removedAt" = clock_timestamp() WHERE "clusterId" = ${clusterId}::uuid AND "removedAt" IS NULL`;
  await tx.$executeRaw`
    INSERT INTO "EnvironmentStatus" AS s ("environmentId", "observedGeneration", "purgedAt")
    SELECT id, generation, clock_timestamp() FROM "Environment" WHERE "clusterId" = ${clusterId}::uuid
    ON CONFLICT ("environmentId") DO UPDATE SET "purgedAt" = coalesce(s."purgedAt", excluded."purgedAt")`;
  return { environments, endpoints };
}
