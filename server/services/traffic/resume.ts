import { endpointViewSchema, resumeSchema } from "#domain/endpoint/schema.ts";
import { requireWriteIn } from "#server/services/context.ts";
import { findEndpoint, lockEvenBehind } from "#server/services/endpoint/find.ts";
import { endpointView } from "#server/services/endpoint/view.ts";
import { defineVerb } from "#server/services/verb.ts";

/** Automation on again after a rollback; an endpoint that is not pinned stays as it is. */
export const resumeEndpoint = defineVerb({
  name: "endpoint.resume",
  kind: "mutation",
  permission: "traffic:write",
  input: resumeSchema,
  output: endpointViewSchema,
  run: (ctx, { reason, ...ref }) =>
    ctx.write(async (tx) => {
      const row = await lockEvenBehind(tx, ref);
      requireWriteIn(ctx.actor, row.environment.kind);
      if (row.pinnedAt === null) return { answer: await endpointView(tx, row), unchanged: true };
      await tx.endpoint.update({ where: { uid: row.uid }, data: { pinnedAt: null, generation: { increment: 1 } } });
      return {
        answer: await endpointView(tx, await findEndpoint(tx, ref)),
        audit: {
          action: "endpoint.resume",
          subject: { kind: "endpoint", id: row.uid, name: row.name },
          before: { pinnedAt: row.pinnedAt.toISOString() },
          after: { pinnedAt: null },
          reason,
        },
        change: { kind: "endpoint", key: row.uid } as const,
      };
    }),
});
