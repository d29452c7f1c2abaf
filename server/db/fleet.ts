import type { Tx } from "./client.ts";

/** What nobody has confirmed for this long is old: the worker proves every ten seconds that it sees a cluster. */
export const STALE_MS = 45_000;

export type FleetOrder = "health" | "name" | "changed";

export type FleetQuestion = Readonly<{
  /** Undefined: all. */
  environment?: string | undefined;
  /** Part of "<environment>/<name>", as LIKE reads it. */
  search?: string | undefined;
  state?: string | undefined;
  order: FleetOrder;
  offset: number;
  limit: number;
}>;

/** Health as `healthViews` tells it, worst first in `rank`: lists are paged and counted by it, so it is judged where the rows are. */
const JUDGED = `
  SELECT e.uid, e.name, v.name AS environment, j.state,
         array_position(ARRAY['Failing', 'Degraded', 'Unknown', 'Deploying', 'Healthy'], j.state) AS rank,
         CASE WHEN o.stale AND j.state = 'Unknown' THEN s."observedAt" ELSE h.since END AS since
  FROM "Endpoint" e
  JOIN "Environment" v ON v.id = e."environmentId"
  LEFT JOIN "EndpointHealth" h ON h."endpointUid" = e.uid
  LEFT JOIN "EnvironmentStatus" s ON s."environmentId" = v.id
  CROSS JOIN LATERAL (SELECT coalesce(s."observedAt" < clock_timestamp() - interval '${STALE_MS} ms', false) AS stale) o
  CROSS JOIN LATERAL (
    SELECT CASE WHEN h.state IS NULL OR (o.stale AND h.state NOT IN ('Degraded', 'Failing')) THEN 'Unknown'
                ELSE h.state END AS state
  ) j
  WHERE e."deletedAt" IS NULL AND ($1::text IS NULL OR v.name = $1::text)`;

const ORDERS = {
  health: "j.rank, j.name, j.environment",
  name: "j.name, j.environment",
  changed: `(SELECT p."decidedAt" FROM "TrafficPlan" p WHERE p."endpointUid" = j.uid ORDER BY p.number DESC LIMIT 1)
            DESC NULLS LAST, j.name, j.environment`,
} as const satisfies Record<FleetOrder, string>;

/** Uids of one page in their order, and how many there are on all pages. */
export async function findFleetPage(tx: Tx, question: FleetQuestion): Promise<{ uids: string[]; total: number }> {
  const [found] = await tx.$queryRawUnsafe<{ uids: string[]; total: number }[]>(
    `WITH j AS MATERIALIZED (
       SELECT * FROM (${JUDGED}) all_of_them
       WHERE ($2::text IS NULL OR environment || '/' || name LIKE '%' || $2::text || '%')
         AND ($3::text IS NULL OR state = $3::text)
     )
     SELECT (SELECT count(*)::int FROM j) AS total,
            ARRAY(SELECT j.uid::text FROM j ORDER BY ${ORDERS[question.order]} LIMIT $4::int OFFSET $5::int) AS uids`,
    question.environment ?? null,
    question.search ?? null,
    question.state ?? null,
    question.limit,
    question.offset,
  );
  if (found === undefined) throw new Error("the database answered without a row");
  return found;
}

export type FleetCount = Readonly<{
  state: string;
  count: number;
  /** The one that is in this state for longest. */
  name: string;
  environment: string;
  since: Date | null;
}>;

/** How many endpoints are in each state, and which of them for longest; states without any are left out. */
export const countFleet = (tx: Tx, environment: string | undefined): Promise<FleetCount[]> =>
  tx.$queryRawUnsafe<FleetCount[]>(
    `SELECT DISTINCT ON (j.rank) j.state, j.name, j.environment, j.since,
            (count(*) OVER (PARTITION BY j.rank))::int AS count
     FROM (${JUDGED}) j ORDER BY j.rank, j.since NULLS FIRST, j.name`,
    environment ?? null,
  );
