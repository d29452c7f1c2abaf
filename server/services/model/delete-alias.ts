import { aliasViewSchema, deleteAliasSchema } from "#domain/model/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { defineVerb } from "#server/services/verb.ts";
import { lockModel } from "./view.ts";

export const deleteAlias = defineVerb({
  name: "model.deleteAlias",
  kind: "mutation",
  permission: "model:write",
  input: deleteAliasSchema,
  output: aliasViewSchema,
  run: (ctx, { model: modelName, alias: name }) =>
    ctx.write(async (tx) => {
      const model = await lockModel(tx, modelName);
      const key = { modelId_name: { modelId: model.id, name } };
      const before = await tx.alias.findUnique({ where: key, include: { version: true } });
      if (before === null) throw new DomainError("not_found", `Model "${modelName}" has no alias "${name}".`);
      await tx.alias.delete({ where: key });
      await tx.aliasHistory.create({ data: { modelId: model.id, name, versionId: null, changedBy: ctx.actor.name } });
      return {
        answer: { model: modelName, alias: name, version: null },
        audit: {
          action: "model.deleteAlias",
          subject: { kind: "model", id: model.id, name: modelName },
          before: { alias: name, version: String(before.version.number) },
        },
      };
    }),
});
