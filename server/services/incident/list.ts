import { incidentsViewSchema, listIncidentsSchema } from "#domain/incident/schema.ts";
import { bigNumber, decodeCursor, pageFrom, rowId } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { incidentViews, WITH_ENDPOINT } from "./view.ts";

/** When it ended and when it began, in microseconds since 1970: a cursor's keys. What is open ends later than anything. */
type Key = { id: string; ended: string; opened: string };
const NOT_ENDED = "999999999999999999";

/** Open ones first, the newest of them at the top; then the others, what ended last at the top. */
export const listIncidents = defineVerb({
  name: "incident.list",
  kind: "query",
  permission: "endpoint:read",
  input: listIncidentsSchema,
  output: incidentsViewSchema,
  async run(ctx, { environment = null, endpoint = null, state, cursor, limit }) {
    const [ended, opened, last] =
      cursor === undefined ? [null, null, null] : decodeCursor(cursor, bigNumber, bigNumber, rowId);
    const keys = await ctx.db.read.$queryRaw<Key[]>`
      SELECT i.id, k.ended::text, k.opened::text
      FROM "Incident" i JOIN "Endpoint" e ON e.uid = i."endpointUid" JOIN "Environment" v ON v.id = e."environmentId",
      LATERAL (SELECT (extract(epoch FROM i."openedAt") * 1000000)::bigint AS opened,
        coalesce((extract(epoch FROM i."resolvedAt") * 1000000)::bigint, ${NOT_ENDED}::bigint) AS ended) k
      WHERE e."deletedAt" IS NULL AND (${endpoint}::text IS NULL OR e.name = ${endpoint})
        AND (${environment}::text IS NULL OR v.name = ${environment})
        AND (${state} = 'all' OR (i."resolvedAt" IS NULL) = (${state} = 'open'))
        AND (${last}::uuid IS NULL OR (k.ended, k.opened, i.id) < (${ended}::bigint, ${opened}::bigint, ${last}::uuid))
      ORDER BY k.ended DESC, k.opened DESC, i.id DESC LIMIT ${limit + 1}`;
    const { page, nextCursor } = pageFrom(keys, limit, (key) => [key.ended, key.opened, key.id]);
    const ids = page.map(({ id }) => id);
    const rows = await ctx.db.read.incident.findMany({ where: { id: { in: ids } }, include: WITH_ENDPOINT });
    rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    return { items: await incidentViews(ctx.db.read, rows), nextCursor };
  },
});
