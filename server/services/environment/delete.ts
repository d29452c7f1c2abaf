import { environmentRefSchema, environmentViewSchema } from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Tx } from "#server/db/client.ts";
import { defineVerb } from "#server/services/verb.ts";
import { environmentView, lockEnvironment } from "./view.ts";

/** Intent only: the worker takes routers and artifact store away. The namespace stays an administrator's. */
export const deleteEnvironment = defineVerb({
  name: "environment.delete",
  kind: "mutation",
  permission: "environment:write",
  input: environmentRefSchema,
  output: environmentViewSchema,
  run: (ctx, { environment: name }) =>
    ctx.write(async (tx) => {
      const row = await lockEnvironment(tx, name);
      await refuseUnlessEmpty(tx, row.id, name);
      const answer = await environmentView(tx, row.id);
      const [removed] = await tx.$queryRaw<{ removedAt: Date }[]>`
        UPDATE "Environment" SET "removedAt" = clock_timestamp(), generation = generation + 1,
          "updatedBy" = ${ctx.actor.name}, "updatedAt" = clock_timestamp()
        WHERE id = ${row.id}::uuid RETURNING "removedAt"`;
      return {
        answer: { ...answer, removedAt: removed?.removedAt.toISOString() ?? null },
        audit: {
          action: "environment.delete",
          subject: { kind: "environment", id: row.id, name },
          before: { cluster: answer.cluster, namespace: answer.namespace, kind: answer.kind },
        },
        change: { kind: "environment", key: row.id } as const,
      };
    }),
});

async function refuseUnlessEmpty(tx: Tx, environmentId: string, name: string): Promise<void> {
  const rows = await tx.endpoint.findMany({
    where: { environmentId, OR: [{ deletedAt: null }, { status: null }, { status: { purgedAt: null } }] },
    select: { name: true, deletedAt: true },
    orderBy: { name: "asc" },
    take: 21,
  });
  if (rows.length === 0) return;
  const endpoints = rows.map((row) => (row.deletedAt === null ? row.name : `${row.name} (being deleted)`));
  const shown = endpoints.length > 20 ? [...endpoints.slice(0, 20), "more"] : endpoints;
  throw new DomainError("not_empty", `The environment "${name}" still has the endpoints ${shown.join(", ")}.`, {
    detail: { endpoints: shown },
  });
}
