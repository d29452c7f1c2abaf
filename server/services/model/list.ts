import { listModelsSchema, modelViewSchema } from "#domain/model/schema.ts";
import { pageOf } from "#domain/shared/page.ts";
import { anyText, decodeCursor, likeText, pageFrom } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { modelViews } from "./view.ts";

export const listModels = defineVerb({
  name: "model.list",
  kind: "query",
  permission: "model:read",
  input: listModelsSchema,
  output: pageOf(modelViewSchema),
  async run(ctx, { search, tag, cursor, limit }) {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, anyText)[0];
    const rows = await ctx.db.read.model.findMany({
      where: {
        AND: [
          search === undefined ? {} : { name: { contains: likeText(search), mode: "insensitive" } },
          tag === undefined ? {} : { tags: { has: tag } },
          after === undefined ? {} : { name: { gt: after } },
        ],
      },
      orderBy: { name: "asc" },
      take: limit + 1,
    });
    const { page, nextCursor } = pageFrom(rows, limit, (model) => [model.name]);
    return { items: await modelViews(ctx.db.read, page), nextCursor };
  },
});
