import { incidentViewSchema, resolveIncidentSchema } from "#domain/incident/schema.ts";
import { tellWebhook } from "#server/db/reconcile/webhook-deliveries.ts";
import { defineVerb } from "#server/services/verb.ts";
import { changeOf, findIncident, incidentView, lockIncident, subjectOf } from "./view.ts";

/** Ends it by hand. While its targets stay missed, another one opens two minutes later. */
export const resolveIncident = defineVerb({
  name: "incident.resolve",
  kind: "mutation",
  permission: "incident:write",
  input: resolveIncidentSchema,
  output: incidentViewSchema,
  run: (ctx, { incident: id, reason }) =>
    ctx.write(async (tx) => {
      const row = await lockIncident(tx, ctx.actor, id);
      if (row.resolvedAt !== null) return { answer: await incidentView(tx, row), unchanged: true };
      await tx.$executeRaw`UPDATE "Incident" SET "resolvedAt" = clock_timestamp(), "resolvedBy" = ${ctx.actor.name}
        WHERE id = ${id}::uuid`;
      // The miss begins anew, so that what goes on for long is told again.
      await tx.$executeRaw`UPDATE "EndpointHealth" SET "missedSince" = clock_timestamp()
        WHERE "endpointUid" = ${row.endpointUid}::uuid AND "missedSince" IS NOT NULL`;
      await tellWebhook(tx, id, "incident.resolved", ctx.webhook);
      return {
        answer: await incidentView(tx, await findIncident(tx, id)),
        audit: { action: "incident.resolve", subject: subjectOf(row), before: { severity: row.severity }, reason },
        change: changeOf(row),
      };
    }),
});
