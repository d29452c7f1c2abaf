import { z } from "zod";
import { personViewSchema } from "#domain/access/people.ts";
import { pageInput, pageOf } from "#domain/shared/page.ts";
import { anyText, decodeCursor, pageFrom } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { listRows, personView } from "./people.ts";

/** By e-mail address; disabled ones stay listed. */
export const listPeople = defineVerb({
  name: "person.list",
  kind: "query",
  permission: "person:manage",
  input: z.strictObject(pageInput),
  output: pageOf(personViewSchema),
  async run(ctx, { cursor, limit }) {
    const [after] = cursor === undefined ? [undefined] : decodeCursor(cursor, anyText);
    const { page, nextCursor } = pageFrom(await listRows(ctx.db.read, after, limit + 1), limit, (row) => [row.email]);
    return { items: page.map(personView), nextCursor };
  },
});
