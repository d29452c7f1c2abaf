import { z } from "zod";
import type { DecidedPlan, PlanEntryRecord } from "#domain/traffic/plan-record.ts";
import { PLAN_STATES } from "#domain/traffic/plan-state.ts";
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

/**
 * Plans of an endpoint, newest first. `below` excludes, `from` and `to` include their number; `only` leaves out those
 * that no router served, or those that failed.
 */
export const findPlans = (
  tx: Tx,
  endpointUid: string,
  take: number,
  range: { below?: number | undefined; from?: number; to?: number; only?: "served" | "not failed" } = {},
): Promise<PlanRow[]> =>
  tx.$queryRawUnsafe<PlanRow[]>(
    `${SELECT_PLANS}
     WHERE p."endpointUid" = $1::uuid AND ($2::int IS NULL OR p.number < $2::int)
       AND ($3::int IS NULL OR p.number >= $3::int) AND ($4::int IS NULL OR p.number <= $4::int)
       AND ($6::text IS DISTINCT FROM 'served' OR s."firstServedAt" IS NOT NULL)
       AND ($6::text IS DISTINCT FROM 'not failed' OR s.state IS DISTINCT FROM 'failed')
     ORDER BY p.number DESC LIMIT $5::int`,
    endpointUid,
    range.below ?? null,
    range.from ?? null,
    range.to ?? null,
    take,
    range.only ?? null,
  );

/** Those of the numbers that the ledger has, in their order. */
export async function findPlansNumbered(tx: Tx, endpointUid: string, numbers: readonly number[]): Promise<PlanRow[]> {
  const found = await tx.$queryRawUnsafe<PlanRow[]>(
    `${SELECT_PLANS} WHERE p."endpointUid" = $1::uuid AND p.number = ANY($2::int[])`,
    endpointUid,
    numbers,
  );
  const byNumber = new Map(found.map((plan) => [plan.number, plan]));
  return numbers.flatMap((number) => byNumber.get(number) ?? []);
}

// A row for each entry, as Postgres builds them fastest.
const ledgerRow = z.tuple([
  z.number(),
  z.enum(["revision", "traffic", "rollback", "delete"]),
  z.enum(PLAN_STATES),
  z.number().nullable(),
  z.number().nullable(),
  z.boolean(),
  z.number().nullable(),
  z.enum(["live", "shadow"]).nullable(),
  z.number().nullable(),
]);
const ledgerSchema = z.object({ rows: z.array(ledgerRow), revisions: z.array(z.number()) });
type LedgerPlan = DecidedPlan & Readonly<{ missedTargets: boolean; entries: PlanEntryRecord[] }>;

/** What a rollback is decided by: the newest `take` plans without their ranges, and the revisions that there are. */
export async function findLedger(tx: Tx, endpointUid: string, take: number) {
  const [row] = await tx.$queryRaw<{ ledger: string }[]>`
    SELECT json_build_object(
      'revisions', coalesce((
        SELECT json_agg(r.number) FROM "Revision" r WHERE r."endpointUid" = ${endpointUid}::uuid), '[]'),
      'rows', coalesce((
        SELECT json_agg(json_build_array(
          p.number, p.kind, coalesce(s.state, 'pending'), p."rolledBackFrom", p."repeatsPlan",
          s."missedTargetsAt" IS NOT NULL, e.revision, e.role, e."weightBps"))
        FROM (SELECT * FROM "TrafficPlan" WHERE "endpointUid" = ${endpointUid}::uuid
              ORDER BY number DESC LIMIT ${take}::int) p
        LEFT JOIN "TrafficPlanStatus" s ON s."planId" = p.id
        LEFT JOIN "TrafficPlanEntry" e ON e."planId" = p.id), '[]')
    )::text AS ledger`;
  const { rows, revisions } = ledgerSchema.parse(JSON.parse(row?.ledger ?? ""));
  const plans = new Map<number, LedgerPlan>();
  for (const [number, kind, state, rolledBackFrom, repeatsPlan, missedTargets, revision, role, weightBps] of rows) {
    const plan = plans.get(number) ?? { number, kind, state, rolledBackFrom, repeatsPlan, missedTargets, entries: [] };
    plans.set(number, plan);
    if (revision !== null && role !== null && weightBps !== null) plan.entries.push({ revision, role, weightBps });
  }
  return { plans: [...plans.values()], revisions: new Set(revisions) };
}

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

/** The newest plan of each endpoint that has one, or of those that some router served. */
export const findNewestPlans = (tx: Tx, endpointUids: readonly string[], only?: "served"): Promise<PlanRow[]> =>
  tx.$queryRawUnsafe<PlanRow[]>(
    `SELECT newest.* FROM unnest($1::uuid[]) AS wanted(uid)
     CROSS JOIN LATERAL (
       ${SELECT_PLANS} WHERE p."endpointUid" = wanted.uid
         AND ($2::text IS NULL OR s."firstServedAt" IS NOT NULL)
       ORDER BY p.number DESC LIMIT 1) newest`,
    endpointUids,
    only ?? null,
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
