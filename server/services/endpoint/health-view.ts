import { type HealthView, healthViewSchema, unseenHealth } from "#domain/endpoint/health.ts";
import type { Tx } from "#server/db/client.ts";
import { STALE_MS } from "#server/db/fleet.ts";

export type HealthViews = (endpointUid: string) => HealthView;

const NOT_LOOKED: HealthView = {
  state: "Unknown",
  cause: "nobody has looked yet",
  revision: null,
  target: null,
  blind: null,
  since: null,
  after: null,
};

type Row = Readonly<{
  uid: string;
  state: string | null;
  cause: string;
  revision: number | null;
  target: string | null;
  blindWhy: string | null;
  blindSince: Date | null;
  since: Date | null;
  afterPlan: number | null;
  afterPlanAt: Date | null;
  observedAt: Date | null;
  now: Date;
}>;

/** Health of these endpoints in one query; what nobody has confirmed of late is not told as if somebody had. */
export async function healthViews(tx: Tx, endpointUids: readonly string[]): Promise<HealthViews> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT e.uid, h.state, h.cause, h.revision, h.target, h."blindWhy", h."blindSince", h.since, h."afterPlan",
           h."afterPlanAt", s."observedAt", clock_timestamp() AS now
    FROM "Endpoint" e LEFT JOIN "EndpointHealth" h ON h."endpointUid" = e.uid
    LEFT JOIN "EnvironmentStatus" s ON s."environmentId" = e."environmentId"
    WHERE e.uid = ANY(${endpointUids}::uuid[])`;
  const views = new Map(rows.map((row) => [row.uid, viewOf(row)]));
  return (uid) => views.get(uid) ?? NOT_LOOKED;
}

const { shape } = healthViewSchema;

function viewOf({ now, observedAt, afterPlan, afterPlanAt, blindWhy, blindSince, ...row }: Row): HealthView {
  if (row.state === null) return NOT_LOOKED;
  const view: HealthView = {
    state: shape.state.parse(row.state),
    cause: row.cause,
    revision: row.revision,
    target: shape.target.parse(row.target),
    blind: blindWhy === null || blindSince === null ? null : { why: blindWhy, since: blindSince.toISOString() },
    since: row.since?.toISOString() ?? null,
    after: afterPlan === null || afterPlanAt === null ? null : { plan: afterPlan, at: afterPlanAt.toISOString() },
  };
  const stale = observedAt !== null && now.getTime() - observedAt.getTime() > STALE_MS;
  return stale
    ? unseenHealth(view, { why: "the worker does not see the cluster", since: observedAt.toISOString() })
    : view;
}
