import { randomUUID } from "node:crypto";
import { createEndpointSchema, endpointViewSchema } from "#domain/endpoint/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";
import { isUniqueViolation } from "#server/db/errors.ts";
import { requireWriteIn } from "#server/services/context.ts";
import { holdEnvironment } from "#server/services/environment/view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { deleting, findEndpoint } from "./find.ts";
import { endpointView } from "./view.ts";

export const createEndpoint = defineVerb({
  name: "endpoint.create",
  kind: "mutation",
  permission: "endpoint:write",
  input: createEndpointSchema,
  output: endpointViewSchema,
  run: (ctx, { name, environment: environmentName, healthTargets }) =>
    ctx
      .write(async (tx) => {
        const environment = await holdEnvironment(tx, environmentName);
        requireWriteIn(ctx.actor, environment.kind);
        const { uid } = await tx.endpoint.create({
          data: { name, environmentId: environment.id, salt: randomUUID(), healthTargets, createdBy: ctx.actor.name },
        });
        // Only now: the name may have been somebody's until a moment ago, and making the row waits for that to be decided.
        await refuseWhileDeleting(tx, environment.id, name);
        const row = await findEndpoint(tx, { endpoint: name, environment: environmentName });
        return {
          answer: await endpointView(tx, row),
          audit: {
            action: "endpoint.create",
            subject: { kind: "endpoint", id: uid, name },
            after: { environment: environmentName, healthTargets },
          },
          change: { kind: "endpoint", key: uid } as const,
        };
      })
      .catch((cause: unknown) => {
        if (!isUniqueViolation(cause)) throw cause;
        const message = `There is an endpoint "${name}" in environment "${environmentName}" already.`;
        throw new DomainError("name_taken", message, { cause });
      }),
});

/** Its objects carry the same names in the cluster until they are gone. */
async function refuseWhileDeleting(tx: Tx, environmentId: string, name: string) {
  const going = await tx.endpoint.findFirst({
    where: {
      environmentId,
      name,
      deletedAt: { not: null },
      OR: [{ status: null }, { status: { purgedAt: null } }],
    },
  });
  if (going?.deletedAt) throw deleting(name, going.deletedAt);
}
