import { z } from "zod";
import { environmentViewSchema } from "#domain/environment/schema.ts";
import { pageInput, pageOf } from "#domain/shared/page.ts";
import { anyText, decodeCursor, pageFrom } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { environmentViews, findEnvironments } from "./view.ts";

export const listEnvironments = defineVerb({
  name: "environment.list",
  kind: "query",
  permission: "environment:read",
  input: z.strictObject(pageInput),
  output: pageOf(environmentViewSchema),
  async run(ctx, { cursor, limit }) {
    const after = cursor === undefined ? "" : decodeCursor(cursor, anyText)[0];
    const rows = await findEnvironments(ctx.db.read, { name: { gt: after } }, limit + 1);
    const { page, nextCursor } = pageFrom(rows, limit, (environment) => [environment.name]);
    return { items: await environmentViews(ctx.db.read, page), nextCursor };
  },
});
