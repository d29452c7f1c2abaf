import { z } from "zod";
import { incidentsViewSchema, listIncidentsSchema } from "#domain/incident/schema.ts";
import { decodeCursor, pageFrom, rowId } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { incidentView, WITH_ENDPOINT } from "./view.ts";

const FILTERS = { open: { resolvedAt: null }, resolved: { resolvedAt: { not: null } }, all: {} } as const;

/** Newest first. */
export const listIncidents = defineVerb({
  name: "incident.list",
  kind: "query",
  permission: "endpoint:read",
  input: listIncidentsSchema,
  output: incidentsViewSchema,
  async run(ctx, { environment, endpoint, state, cursor, limit }) {
    const [at, id] = cursor === undefined ? [undefined, undefined] : decodeCursor(cursor, z.iso.datetime(), rowId);
    const below =
      at === undefined || id === undefined
        ? {}
        : { OR: [{ openedAt: { lt: new Date(at) } }, { openedAt: new Date(at), id: { lt: id } }] };
    const rows = await ctx.db.read.incident.findMany({
      where: {
        ...FILTERS[state],
        ...below,
        endpoint: {
          deletedAt: null,
          ...(endpoint === undefined ? {} : { name: endpoint }),
          ...(environment === undefined ? {} : { environment: { name: environment } }),
        },
      },
      include: WITH_ENDPOINT,
      orderBy: [{ openedAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    });
    const { page, nextCursor } = pageFrom(rows, limit, (row) => [row.openedAt.toISOString(), row.id]);
    return { items: page.map(incidentView), nextCursor };
  },
});
