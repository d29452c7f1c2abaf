import { incidentViewSchema, noteIncidentSchema } from "#domain/incident/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { incidentView, lockIncident, subjectOf } from "./view.ts";

/** Words for whoever looks next. A note lives in the audit log alone: it can be neither changed nor taken back. */
export const noteIncident = defineVerb({
  name: "incident.note",
  kind: "mutation",
  permission: "incident:write",
  input: noteIncidentSchema,
  output: incidentViewSchema,
  run: (ctx, { incident: id, text }) =>
    ctx.write(async (tx) => {
      const row = await lockIncident(tx, ctx.actor, id);
      const audit = { action: "incident.note", subject: subjectOf(row), reason: text };
      return { answer: await incidentView(tx, row), audit };
    }),
});
