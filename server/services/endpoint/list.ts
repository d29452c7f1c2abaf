import { endpointViewSchema, listEndpointsSchema } from "#domain/endpoint/schema.ts";
import { environmentKindSchema } from "#domain/environment/schema.ts";
import { pageOf } from "#domain/shared/page.ts";
import { anyText, decodeCursor, likeText, pageFrom, rowId } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { endpointSummaries } from "./view.ts";

/** Live endpoints by name; one that is being deleted is found by its own address only. */
export const listEndpoints = defineVerb({
  name: "endpoint.list",
  kind: "query",
  permission: "endpoint:read",
  input: listEndpointsSchema,
  output: pageOf(endpointViewSchema),
  async run(ctx, { environment, search, cursor, limit }) {
    const [name, uid] = cursor === undefined ? [undefined, undefined] : decodeCursor(cursor, anyText, rowId);
    const rows = await ctx.db.read.endpoint.findMany({
      where: {
        deletedAt: null,
        ...(environment === undefined ? {} : { environment: { name: environment } }),
        AND: [
          search === undefined ? {} : { name: { contains: likeText(search), mode: "insensitive" } },
          name === undefined || uid === undefined ? {} : { OR: [{ name: { gt: name } }, { name, uid: { gt: uid } }] },
        ],
      },
      include: { environment: { include: { status: true } } },
      orderBy: [{ name: "asc" }, { uid: "asc" }],
      take: limit + 1,
    });
    const { page, nextCursor } = pageFrom(rows, limit, (row) => [row.name, row.uid]);
    const found = page.map((row) => ({
      ...row,
      environment: {
        ...row.environment,
        kind: environmentKindSchema.parse(row.environment.kind),
        observedAt: row.environment.status?.observedAt ?? null,
      },
    }));
    return { items: await endpointSummaries(ctx.db.read, found), nextCursor };
  },
});
