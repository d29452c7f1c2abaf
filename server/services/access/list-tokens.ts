import { z } from "zod";
import { tokenViewSchema } from "#domain/access/schema.ts";
import { pageInput, pageOf } from "#domain/shared/page.ts";
import { anyText, decodeCursor, pageFrom, rowId } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { tokenView } from "./tokens.ts";

/** By name; revoked ones stay listed. */
export const listTokens = defineVerb({
  name: "token.list",
  kind: "query",
  permission: "token:manage",
  input: z.strictObject(pageInput),
  output: pageOf(tokenViewSchema),
  async run(ctx, { cursor, limit }) {
    const [name, id] = cursor === undefined ? [undefined, undefined] : decodeCursor(cursor, anyText, rowId);
    const rows = await ctx.db.read.token.findMany({
      where: name === undefined || id === undefined ? {} : { OR: [{ name: { gt: name } }, { name, id: { gt: id } }] },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: limit + 1,
    });
    const { page, nextCursor } = pageFrom(rows, limit, (row) => [row.name, row.id]);
    return { items: page.map(tokenView), nextCursor };
  },
});
