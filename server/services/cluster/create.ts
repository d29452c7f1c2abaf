import { randomUUID } from "node:crypto";
import { clusterViewSchema, createClusterSchema } from "#domain/cluster/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { sealAccess } from "#server/db/cluster-access.ts";
import { isUniqueViolation } from "#server/db/errors.ts";
import { defineVerb } from "#server/services/verb.ts";
import { readAccess } from "./read-access.ts";
import { clusterView } from "./view.ts";

/** Takes the one context out of a kubeconfig and keeps it encrypted. Whether the cluster answers, the worker finds out. */
export const createCluster = defineVerb({
  name: "cluster.create",
  kind: "mutation",
  permission: "environment:write",
  input: createClusterSchema,
  output: clusterViewSchema,
  run(ctx, { name, kubeconfig, context }) {
    const access = readAccess(kubeconfig, context);
    return ctx
      .write(async (tx) => {
        const id = randomUUID();
        const by = ctx.actor.name;
        await tx.cluster.create({
          data: {
            id,
            name,
            source: "kubeconfig",
            server: access.server,
            sealedAccess: sealAccess(ctx.vault, id, access),
            createdBy: by,
            updatedBy: by,
          },
        });
        return {
          answer: await clusterView(tx, id),
          audit: {
            action: "cluster.create",
            subject: { kind: "cluster", id, name },
            after: { name, server: access.server },
          },
          change: { kind: "cluster", key: id } as const,
        };
      })
      .catch((cause: unknown) => {
        if (!isUniqueViolation(cause)) throw cause;
        throw new DomainError("name_taken", `There is a cluster named "${name}" already.`, { cause });
      });
  },
});
