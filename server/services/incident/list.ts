import { incidentsViewSchema, listIncidentsSchema } from "#domain/incident/schema.ts";
import { decodeCursor, pageFrom, rowId } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { incidentViews, WITH_ENDPOINT } from "./view.ts";

const FILTERS = { open: { resolvedAt: null }, resolved: { resolvedAt: { not: null } }, all: {} } as const;

/** Open ones first, the newest of them at the top; then the others, what ended last at the top. */
export const listIncidents = defineVerb({
  name: "incident.list",
  kind: "query",
  permission: "endpoint:read",
  input: listIncidentsSchema,
  output: incidentsViewSchema,
  async run(ctx, { environment, endpoint, state, cursor, limit }) {
    const [last] = cursor === undefined ? [] : decodeCursor(cursor, rowId);
    const rows = await ctx.db.read.incident.findMany({
      where: {
        ...FILTERS[state],
        endpoint: {
          deletedAt: null,
          ...(endpoint === undefined ? {} : { name: endpoint }),
          ...(environment === undefined ? {} : { environment: { name: environment } }),
        },
      },
      include: WITH_ENDPOINT,
      orderBy: [{ resolvedAt: { sort: "desc", nulls: "first" } }, { openedAt: "desc" }, { id: "desc" }],
      take: limit + 1,
      ...(last === undefined ? {} : { cursor: { id: last }, skip: 1 }),
    });
    const { page, nextCursor } = pageFrom(rows, limit, (row) => [row.id]);
    return { items: await incidentViews(ctx.db.read, page), nextCursor };
  },
});
