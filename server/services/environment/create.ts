import { createEnvironmentSchema, environmentViewSchema, warmReplicasOf } from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";
import { isUniqueViolation } from "#server/db/errors.ts";
import { jsonOrNull } from "#server/db/json.ts";
import { holdCluster } from "#server/services/cluster/view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { environmentView } from "./view.ts";

/**
 * A namespace in which one of ours still is: known by another name of the same cluster, or being taken away.
 * Throws `name_taken`.
 */
async function refuseUsed(tx: Tx, clusterId: string, namespace: string): Promise<void> {
  const [other] = await tx.$queryRaw<{ environment: string; cluster: string; removedAt: Date | null }[]>`
    SELECT e.name AS environment, k.name AS cluster, e."removedAt" FROM "Environment" e
    JOIN "Cluster" k ON k.id = e."clusterId"
    LEFT JOIN "EnvironmentStatus" s ON s."environmentId" = e.id
    LEFT JOIN "ClusterStatus" mine ON mine."clusterId" = ${clusterId}::uuid
    LEFT JOIN "ClusterStatus" theirs ON theirs."clusterId" = e."clusterId"
    WHERE e.namespace = ${namespace} AND (
      (e."clusterId" = ${clusterId}::uuid AND e."removedAt" IS NOT NULL AND s."purgedAt" IS NULL)
      OR (e."clusterId" <> ${clusterId}::uuid AND e."removedAt" IS NULL AND mine."clusterUid" = theirs."clusterUid"))
    LIMIT 1`;
  if (other === undefined) return;
  const why =
    other.removedAt === null
      ? `"${other.environment}" of "${other.cluster}", which is the same cluster by another name`
      : `"${other.environment}", which is being taken away since ${other.removedAt.toISOString()}`;
  throw new DomainError("name_taken", `The namespace "${namespace}" is in use by ${why}.`);
}

export const createEnvironment = defineVerb({
  name: "environment.create",
  kind: "mutation",
  permission: "environment:write",
  input: createEnvironmentSchema,
  output: environmentViewSchema,
  run: (ctx, input) =>
    ctx
      .write(async (tx) => {
        const { cluster: clusterName, podMonitorLabels, scrapeNamespace, ...given } = input;
        const cluster = await holdCluster(tx, clusterName);
        await refuseUsed(tx, cluster.id, input.namespace);
        const { id } = await tx.environment.create({
          data: {
            ...given,
            clusterId: cluster.id,
            imagePrefix: input.imagePrefix ?? ctx.imagePrefix,
            scrapeNamespace: scrapeNamespace ?? null,
            podMonitorLabels: jsonOrNull(podMonitorLabels),
            warmReplicas: input.warmReplicas ?? warmReplicasOf(input.kind),
            createdBy: ctx.actor.name,
            updatedBy: ctx.actor.name,
          },
        });
        return {
          answer: await environmentView(tx, id),
          audit: {
            action: "environment.create",
            subject: { kind: "environment", id, name: input.name },
            after: { ...input },
          },
          change: { kind: "environment", key: id } as const,
        };
      })
      .catch((cause: unknown) => {
        if (!isUniqueViolation(cause)) throw cause;
        const message = `There is an environment named "${input.name}", or one that uses namespace "${input.namespace}" of cluster "${input.cluster}", already.`;
        throw new DomainError("name_taken", message, { cause });
      }),
});
