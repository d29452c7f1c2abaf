import type { Tx } from "./client.ts";

export type PlanRow = Readonly<{
  id: string;
  endpointUid: string;
  number: number;
  kind: string;
  reason: string;
  salt: string;
  repeatsPlan: number | null;
  rolledBackFrom: number | null;
  publishWhen: string;
  decidedBy: string;
  decidedAt: Date;
  /** Null when there is no status row, which reads as pending. */
  state: string | null;
  firstServedAt: Date | null;
  appliedAt: Date | null;
  supersededAt: Date | null;
  failure: string | null;
  /** Its endpoint missed its health targets for long while it was served. */
  missedTargetsAt: Date | null;
  entries: readonly Readonly<{ revision: number; role: string; weightBps: number; ranges: unknown }>[];
}>;

// One round trip instead of one per table: every change of traffic waits for this.
const SELECT_PLANS = `
  SELECT p.id, p."endpointUid", p.number, p.kind, p.reason, p.salt, p."repeatsPlan", p."rolledBackFrom",
         p."publishWhen", p."decidedBy", p."decidedAt",
         s.state, s."firstServedAt", s."appliedAt", s."supersededAt", s.failure, s."missedTargetsAt",
         e.entries
  FROM "TrafficPlan" p
  LEFT JOIN "TrafficPlanStatus" s ON s."planId" = p.id
  CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(to_jsonb(e) - 'planId' ORDER BY e.revision), '[]') AS entries
    FROM "TrafficPlanEntry" e WHERE e."planId" = p.id
  ) e`;

/** Plans of an endpoint, newest first. `below` excludes, `from` and `to` include their number. */
export const findPlans = (
  tx: Tx,
  endpointUid: string,
  take: number,
  range: { below?: number | undefined; from?: number; to?: number } = {},
): Promise<PlanRow[]> =>
  tx.$queryRawUnsafe<PlanRow[]>(
    `${SELECT_PLANS}
     WHERE p."endpointUid" = $1::uuid AND ($2::int IS NULL OR p.number < $2::int)
       AND ($3::int IS NULL OR p.number >= $3::int) AND ($4::int IS NULL OR p.number <= $4::int)
     ORDER BY p.number DESC LIMIT $5::int`,
    endpointUid,
    range.below ?? null,
    range.from ?? null,
    range.to ?? null,
    take,
  );

/** Plans that came into force between two moments (null: now), or never did and were decided then; newest first. */
export const findPlansBetween = (
  tx: Tx,
  endpointUid: string,
  take: number,
  from: Date,
  to: Date | null,
): Promise<PlanRow[]> =>
  tx.$queryRawUnsafe<PlanRow[]>(
    `${SELECT_PLANS}
     WHERE p."endpointUid" = $1::uuid AND coalesce(s."firstServedAt", p."decidedAt") >= $2::timestamptz
       AND ($3::timestamptz IS NULL OR p."decidedAt" <= $3::timestamptz)
     ORDER BY p.number DESC LIMIT $4::int`,
    endpointUid,
    from,
    to,
    take,
  );

/** The newest plan of each endpoint that has one. */
export const findNewestPlans = (tx: Tx, endpointUids: readonly string[]): Promise<PlanRow[]> =>
  tx.$queryRawUnsafe<PlanRow[]>(
    `SELECT newest.* FROM unnest($1::uuid[]) AS wanted(uid)
     CROSS JOIN LATERAL (${SELECT_PLANS} WHERE p."endpointUid" = wanted.uid ORDER BY p.number DESC LIMIT 1) newest`,
    endpointUids,
  );

type Surroundings = Readonly<{
  endpointUid: string;
  /** Which version a revision is. */
  names: readonly Readonly<{ revision: number; model: string; version: number }>[];
  /** Null: the worker has not looked at this endpoint yet. */
  publishedPlan: number | null;
  acknowledged: number;
  routers: number;
  silent: string | null;
}>;

/** What a plan does not say itself, one row per endpoint: which version a revision is, and how far the routers are. */
export const findSurroundings = (
  tx: Tx,
  endpointUids: readonly string[],
  revisions: readonly number[],
): Promise<Surroundings[]> => tx.$queryRaw<Surroundings[]>`
  SELECT wanted.uid AS "endpointUid", s."publishedPlan", coalesce(s.acknowledged, 0) AS acknowledged,
         coalesce(s.routers, 0) AS routers, c.message AS silent, named.names
  FROM unnest(${endpointUids}::uuid[]) AS wanted(uid)
  LEFT JOIN "EndpointStatus" s ON s."endpointUid" = wanted.uid
  LEFT JOIN "Condition" c ON c."subjectKind" = 'endpoint' AND c."subjectId" = wanted.uid
    AND c.type = 'RouterSilent' AND c.status = 'True'
  CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('revision', r.number, 'version', v.number, 'model', m.name)), '[]') AS names
    FROM "Revision" r JOIN "ModelVersion" v ON v.id = r."versionId" JOIN "Model" m ON m.id = v."modelId"
    WHERE r."endpointUid" = wanted.uid AND r.number = ANY(${revisions}::int[])
  ) named`;

type RecentPlanRow = PlanRow & Readonly<{ endpoint: string; environment: string }>;

/** The newest plans of all endpoints that are not deleted, by when they were decided. */
export const findRecentPlans = (tx: Tx, environment: string | undefined, take: number): Promise<RecentPlanRow[]> =>
  tx.$queryRawUnsafe<RecentPlanRow[]>(
    `SELECT recent.*, named.endpoint, named.environment FROM (
       SELECT p.id, d.name AS endpoint, v.name AS environment FROM "TrafficPlan" p
       JOIN "Endpoint" d ON d.uid = p."endpointUid" JOIN "Environment" v ON v.id = d."environmentId"
       WHERE d."deletedAt" IS NULL AND ($1::text IS NULL OR v.name = $1::text)
       ORDER BY p."decidedAt" DESC LIMIT $2::int
     ) named
     CROSS JOIN LATERAL (${SELECT_PLANS} WHERE p.id = named.id) recent
     ORDER BY recent."decidedAt" DESC`,
    environment ?? null,
    take,
  );
