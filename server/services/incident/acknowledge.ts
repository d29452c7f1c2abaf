import { acknowledgeIncidentSchema, incidentViewSchema } from "#domain/incident/schema.ts";
import { tellWebhook } from "#server/db/reconcile/webhook-deliveries.ts";
import { defineVerb } from "#server/services/verb.ts";
import { changeOf, findIncident, incidentView, lockIncident, subjectOf } from "./view.ts";

/** Somebody has it: the first who says so, for good. */
export const acknowledgeIncident = defineVerb({
  name: "incident.acknowledge",
  kind: "mutation",
  permission: "incident:write",
  input: acknowledgeIncidentSchema,
  output: incidentViewSchema,
  run: (ctx, { incident: id, reason }) =>
    ctx.write(async (tx) => {
      const row = await lockIncident(tx, ctx.actor, id);
      if (row.acknowledgedAt !== null || row.resolvedAt !== null)
        return { answer: await incidentView(tx, row), unchanged: true };
      await tx.$executeRaw`UPDATE "Incident" SET "acknowledgedAt" = clock_timestamp(), "acknowledgedBy" = ${ctx.actor.name}
        WHERE id = ${id}::uuid`;
      await tellWebhook(tx, id, "incident.acknowledged", ctx.webhook);
      return {
        answer: await incidentView(tx, await findIncident(tx, id)),
        audit: { action: "incident.acknowledge", subject: subjectOf(row), after: { severity: row.severity }, reason },
        change: changeOf(row),
      };
    }),
});
