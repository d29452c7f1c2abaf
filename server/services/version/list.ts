import { pageOf } from "#domain/shared/page.ts";
import { listVersionsSchema, versionSummarySchema } from "#domain/version/schema.ts";
import { findModel } from "#server/services/model/view.ts";
import { decodeCursor, pageFrom, wholeNumber } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findVersions, versionSummary, whatMatches } from "./view.ts";

export const listVersions = defineVerb({
  name: "version.list",
  kind: "query",
  permission: "model:read",
  input: listVersionsSchema,
  output: pageOf(versionSummarySchema),
  async run(ctx, { model, search = "", cursor, limit }) {
    await findModel(ctx.db.read, model);
    const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, wholeNumber)[0]);
    const rows = await findVersions(ctx.db.read, { model: { name: model }, ...whatMatches(search) }, before, limit + 1);
    const { page, nextCursor } = pageFrom(rows, limit, (version) => [String(version.number)]);
    return { items: page.map(versionSummary), nextCursor };
  },
});
