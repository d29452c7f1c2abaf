import { randomUUID } from "node:crypto";
import { createEndpointSchema, endpointViewSchema } from "#domain/endpoint/schema.ts";
import { environmentKindSchema } from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";
import { isUniqueViolation } from "#server/db/errors.ts";
import { type Actor, requireWriteIn } from "#server/services/context.ts";
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
        throw nameTaken(name, environmentName, cause);
      }),
});

/**
 * The environment that an endpoint of this name could be made in by `actor`, as it looks now; nothing is held.
 * Throws `not_found`, `forbidden`, `name_taken`, or `endpoint_deleting`.
 */
export async function placeForEndpoint(tx: Tx, actor: Actor, wanted: Readonly<{ name: string; environment: string }>) {
  const environment = await tx.environment.findFirst({ where: { name: wanted.environment, removedAt: null } });
  if (environment === null) throw new DomainError("not_found", `There is no environment "${wanted.environment}".`);
  requireWriteIn(actor, environmentKindSchema.parse(environment.kind));
  const there = { environmentId: environment.id, name: wanted.name, deletedAt: null };
  if ((await tx.endpoint.count({ where: there })) > 0) throw nameTaken(wanted.name, environment.name);
  await refuseWhileDeleting(tx, environment.id, wanted.name);
  return environment;
}

const nameTaken = (name: string, environment: string, cause?: unknown) =>
  new DomainError("name_taken", `There is an endpoint "${name}" in environment "${environment}" already.`, { cause });

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
