import type { Readable } from "node:stream";
import { z } from "zod";
import { podLogInputSchema } from "#domain/revision/pods.ts";
import { revisionObjectName } from "#domain/shared/cluster-names.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { accessOf } from "#server/services/cluster/access-of.ts";
import { findEndpoint } from "#server/services/endpoint/find.ts";
import { defineVerb } from "#server/services/verb.ts";

const MODEL_CONTAINER = "server";

/** A pod's log as it is written. Only pods of the revision that is named: the namespace may hold others'. */
export const openPodLog = defineVerb({
  name: "endpoint.podLog",
  kind: "query",
  permission: "endpoint:read",
  input: podLogInputSchema,
  output: z.custom<Readable>(),
  async run(ctx, { revision, pod, container = MODEL_CONTAINER, follow, previous, tailLines, ...ref }) {
    const endpoint = await findEndpoint(ctx.db.read, ref);
    const { namespace, cluster } = await ctx.db.read.environment.findUniqueOrThrow({
      where: { id: endpoint.environment.id },
      include: { cluster: true },
    });
    // Deployment, ReplicaSet hash, five characters: exact, for another endpoint may be called `<endpoint>-r1`.
    const own = new RegExp(`^${revisionObjectName(endpoint.name, revision)}-[a-z0-9]+-[a-z0-9]{5}$`);
    if (!own.test(pod)) throw new DomainError("not_found", `r${revision} of ${endpoint.name} has no pod "${pod}".`);
    const target = { key: `${cluster.id}/${cluster.generation}`, access: accessOf(ctx.vault, cluster) };
    return ctx.podLogs.open({ cluster: target, namespace, pod, container, follow, previous, tailLines }, ctx.signal);
  },
});
