import { createEnvironmentSchema, environmentViewSchema, warmReplicasOf } from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { isUniqueViolation } from "#server/db/errors.ts";
import { jsonOrNull } from "#server/db/json.ts";
import { defineVerb } from "#server/services/verb.ts";
import { environmentViews, findEnvironments } from "./view.ts";

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
        const cluster = await tx.cluster.findUnique({ where: { name: clusterName } });
        if (cluster === null) throw new DomainError("not_found", `There is no cluster "${clusterName}".`);
        const { id } = await tx.environment.create({
          data: {
            ...given,
            clusterId: cluster.id,
            imagePrefix: input.imagePrefix ?? ctx.imagePrefix,
            scrapeNamespace: scrapeNamespace ?? null,
            podMonitorLabels: jsonOrNull(podMonitorLabels),
            warmReplicas: input.warmReplicas ?? warmReplicasOf(input.kind),
            createdBy: ctx.actor.name,
          },
        });
        const [answer] = await environmentViews(tx, await findEnvironments(tx, { id }, 1));
        if (answer === undefined) throw new Error(`environment ${id} is not there after its insert`);
        return {
          answer,
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
