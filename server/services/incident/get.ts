import { incidentRefSchema, incidentViewSchema } from "#domain/incident/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findIncident, incidentView } from "./view.ts";

export const getIncident = defineVerb({
  name: "incident.get",
  kind: "query",
  permission: "endpoint:read",
  input: incidentRefSchema,
  output: incidentViewSchema,
  run: async (ctx, { incident }) => incidentView(await findIncident(ctx.db.read, incident)),
});
