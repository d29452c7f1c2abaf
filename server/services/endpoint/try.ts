import { tryAnswerSchema, tryEndpointSchema } from "#domain/endpoint/try.ts";
import { defineVerb } from "#server/services/verb.ts";
import { deleting, findEndpoint } from "./find.ts";

/** One prediction on behalf of whoever looks at the screen; an application asks the router itself. Nothing is kept of it. */
export const tryEndpoint = defineVerb({
  name: "endpoint.try",
  kind: "query",
  permission: "endpoint:read",
  input: tryEndpointSchema,
  output: tryAnswerSchema,
  async run(ctx, { revision, request, ...ref }) {
    const endpoint = await findEndpoint(ctx.db.read, ref);
    if (endpoint.deletedAt !== null) throw deleting(endpoint.name, endpoint.deletedAt);
    const base = endpoint.environment.gatewayUrl.replace(/\/+$/, "");
    const url = new URL(`${base}/${endpoint.name}/v2/models/${endpoint.name}/infer`);
    return ctx.inference.infer({ url, revision, body: request, requestId: ctx.requestId, signal: ctx.signal });
  },
});
