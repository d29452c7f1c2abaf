import { endpointRefSchema, endpointViewSchema } from "#domain/endpoint/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findEndpoint } from "./find.ts";
import { endpointView } from "./view.ts";

export const getEndpoint = defineVerb({
  name: "endpoint.get",
  kind: "query",
  permission: "endpoint:read",
  input: endpointRefSchema,
  output: endpointViewSchema,
  run: async (ctx, ref) => endpointView(ctx.db.read, await findEndpoint(ctx.db.read, ref)),
});
