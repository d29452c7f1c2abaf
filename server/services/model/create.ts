import { createModelSchema, modelViewSchema } from "#domain/model/schema.ts";
import { isUniqueViolation } from "#server/db/errors.ts";
import { defineVerb } from "#server/services/verb.ts";
import { modelNameTaken, modelView } from "./view.ts";

export const createModel = defineVerb({
  name: "model.create",
  kind: "mutation",
  permission: "model:write",
  input: createModelSchema,
  output: modelViewSchema,
  run: (ctx, input) =>
    ctx
      .write(async (tx) => {
        const model = await tx.model.create({ data: { ...input, createdBy: ctx.actor.name } });
        return {
          answer: await modelView(tx, model),
          audit: {
            action: "model.create",
            subject: { kind: "model", id: model.id, name: model.name },
            after: { description: model.description, tags: model.tags },
          },
        };
      })
      .catch((cause: unknown) => {
        throw isUniqueViolation(cause) ? modelNameTaken(input.name, cause) : cause;
      }),
});
