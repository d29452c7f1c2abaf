import { versionRefSchema, versionViewSchema } from "#domain/version/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findVersion, versionView } from "./view.ts";

export const getVersion = defineVerb({
  name: "version.get",
  kind: "query",
  permission: "model:read",
  input: versionRefSchema,
  output: versionViewSchema,
  run: async (ctx, { model, version }) => versionView(await findVersion(ctx.db.read, model, version)),
});
