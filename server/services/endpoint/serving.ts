import { type Serving, servingInputSchema, servingViewSchema } from "#domain/endpoint/try.ts";
import { findServing } from "#server/db/serving.ts";
import { defineVerb } from "#server/services/verb.ts";

const BPS_PER_PERCENT = 100;

/** Which endpoints have a version of this model in their newest plan; most traffic first. */
export const listServing = defineVerb({
  name: "endpoint.serving",
  kind: "query",
  permission: "endpoint:read",
  input: servingInputSchema,
  output: servingViewSchema,
  async run(ctx, { model }) {
    const rows = await findServing(ctx.db.read, model);
    const items = rows.map(
      ({ weightBps, version, gatewayUrl, ...row }): Serving => ({
        ...row,
        model,
        version: String(version),
        url: `${gatewayUrl.replace(/\/+$/, "")}/${row.endpoint}`,
        weightPercent: weightBps / BPS_PER_PERCENT,
      }),
    );
    return { items };
  },
});
