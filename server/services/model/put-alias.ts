import { aliasViewSchema, putAliasSchema } from "#domain/model/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findVersion } from "#server/services/version/view.ts";
import { lockModel } from "./view.ts";

export const putAlias = defineVerb({
  name: "model.putAlias",
  kind: "mutation",
  permission: "model:write",
  input: putAliasSchema,
  output: aliasViewSchema,
  run: (ctx, { model: modelName, alias: name, version: number }) =>
    ctx.write(async (tx) => {
      const model = await lockModel(tx, modelName);
      const version = await findVersion(tx, modelName, number);
      const before = await tx.alias.findUnique({
        where: { modelId_name: { modelId: model.id, name } },
        include: { version: true },
      });
      const answer = { model: modelName, alias: name, version: number };
      if (before?.versionId === version.id) return { answer, unchanged: true };

      // Made anew, so that its time is the database's.
      await tx.alias.deleteMany({ where: { modelId: model.id, name } });
      await tx.alias.create({ data: { modelId: model.id, name, versionId: version.id, updatedBy: ctx.actor.name } });
      await tx.aliasHistory.create({
        data: { modelId: model.id, name, versionId: version.id, changedBy: ctx.actor.name },
      });
      return {
        answer,
        audit: {
          action: "model.putAlias",
          subject: { kind: "model", id: model.id, name: modelName },
          before: { alias: name, version: before === null ? null : String(before.version.number) },
          after: { alias: name, version: number },
        },
      };
    }),
});
