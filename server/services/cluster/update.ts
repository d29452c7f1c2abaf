import { clusterViewSchema, updateClusterSchema } from "#domain/cluster/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { sealAccess } from "#server/db/cluster-access.ts";
import { refuseChanged } from "#server/services/changed-meanwhile.ts";
import { defineVerb } from "#server/services/verb.ts";
import { readAccess } from "./read-access.ts";
import { clusterView, lockCluster } from "./view.ts";

/** New credentials, and a new address where the cluster has moved. That it is still the same one, the worker makes sure. */
export const updateCluster = defineVerb({
  name: "cluster.update",
  kind: "mutation",
  permission: "environment:write",
  input: updateClusterSchema,
  output: clusterViewSchema,
  run(ctx, { cluster: name, kubeconfig, context, expectedGeneration }) {
    const access = readAccess(kubeconfig, context);
    return ctx.write(async (tx) => {
      const row = await lockCluster(tx, name);
      if (row.source === "ambient")
        throw new DomainError(
          "invalid",
          `"${name}" is reached by the kubeconfig that Slipway was started with: change that file and start it again.`,
        );
      refuseChanged(`The cluster "${name}"`, row, expectedGeneration);
      await tx.$executeRaw`
        UPDATE "Cluster" SET server = ${access.server}, "sealedAccess" = ${sealAccess(ctx.vault, row.id, access)},
          generation = generation + 1, "updatedBy" = ${ctx.actor.name}, "updatedAt" = clock_timestamp()
        WHERE id = ${row.id}::uuid`;
      return {
        answer: await clusterView(tx, row.id),
        audit: {
          action: "cluster.update",
          subject: { kind: "cluster", id: row.id, name },
          before: { server: row.server, generation: row.generation },
          after: { server: access.server, generation: row.generation + 1 },
        },
        change: { kind: "cluster", key: row.id } as const,
      };
    });
  },
});
