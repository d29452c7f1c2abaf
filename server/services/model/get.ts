import { modelRefSchema, modelViewSchema } from "#domain/model/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findModel, modelView } from "./view.ts";

export const getModel = defineVerb({
  name: "model.get",
  kind: "query",
  permission: "model:read",
  input: modelRefSchema,
  output: modelViewSchema,
  run: async (ctx, { model }) => modelView(ctx.db.read, await findModel(ctx.db.read, model)),
});
