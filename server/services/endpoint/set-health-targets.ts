import { endpointViewSchema, healthTargetsSchema, setHealthTargetsSchema } from "#domain/endpoint/schema.ts";
import { requireWriteIn } from "#server/services/context.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findEndpoint, lockEvenBehind } from "./find.ts";
import { endpointView } from "./view.ts";

/** The worker judges by them from its next look on; nothing in the cluster changes. */
export const setHealthTargets = defineVerb({
  name: "endpoint.setHealthTargets",
  kind: "mutation",
  permission: "endpoint:write",
  input: setHealthTargetsSchema,
  output: endpointViewSchema,
  run: (ctx, { healthTargets, reason, ...ref }) =>
    ctx.write(async (tx) => {
      const row = await lockEvenBehind(tx, ref);
      requireWriteIn(ctx.actor, row.environment.kind);
      const before = healthTargetsSchema.parse(row.healthTargets);
      const changed = Object.entries(healthTargets).some(
        ([key, value]) => before[key as keyof typeof before] !== value,
      );
      if (changed) await tx.endpoint.update({ where: { uid: row.uid }, data: { healthTargets } });
      const named = { endpoint: row.name, environment: row.environment.name };
      const answer = await endpointView(tx, await findEndpoint(tx, named));
      if (!changed) return { answer, unchanged: true };
      return {
        answer,
        audit: {
          action: "endpoint.setHealthTargets",
          subject: { kind: "endpoint", id: row.uid, name: row.name },
          before,
          after: healthTargets,
          reason,
        },
        change: { kind: "endpoint", key: row.uid } as const,
      };
    }),
});
