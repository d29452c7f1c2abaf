import { incidentViewSchema, silenceIncidentSchema } from "#domain/incident/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { changeOf, findIncident, incidentView, lockIncident, subjectOf } from "./view.ts";

/**
 * Nobody is told for so long that its endpoint is in trouble; incidents are opened and shown all the same, and what is
 * open at its end is told then.
 */
export const silenceIncident = defineVerb({
  name: "incident.silence",
  kind: "mutation",
  permission: "incident:write",
  input: silenceIncidentSchema,
  output: incidentViewSchema,
  run: (ctx, { incident: id, minutes, reason }) =>
    ctx.write(async (tx) => {
      const row = await lockIncident(tx, ctx.actor, id);
      await tx.$executeRaw`UPDATE "Endpoint" SET "silencedUntil" = CASE WHEN ${minutes}::int > 0
        THEN clock_timestamp() + make_interval(mins => ${minutes}::int) END WHERE uid = ${row.endpointUid}::uuid`;
      const after = await findIncident(tx, id);
      return {
        answer: await incidentView(tx, after),
        audit: {
          action: "incident.silence",
          subject: subjectOf(row),
          before: { silencedUntil: row.endpoint.silencedUntil },
          after: { silencedUntil: after.endpoint.silencedUntil },
          reason,
        },
        change: changeOf(row),
      };
    }),
});
