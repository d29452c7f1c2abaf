import { type FleetMetric, fleetQueries } from "#domain/endpoint/fleet-queries.ts";
import type { HEALTH_STATES } from "#domain/endpoint/health.ts";
import { type Overview, overviewInputSchema, overviewSchema } from "#domain/endpoint/overview.ts";
import { endpointUidSchema } from "#domain/endpoint/schema.ts";
import { environmentKindSchema } from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { PlanView } from "#domain/shared/views.ts";
import { findNewestPlans, findRecentPlans } from "#server/db/plans.ts";
import type { ServiceContext } from "#server/services/context.ts";
import { planViews } from "#server/services/traffic/plan-view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { healthViews } from "./health-view.ts";

const HOUR_SECONDS = 3_600;
/** Thirty values draw a sparkline; a thousand endpoints have three each. */
const STEP_SECONDS = 120;
const RECENT_CHANGES = 10;

type Endpoint = Overview["endpoints"][number];

/** Everything the first screen shows, in a fixed number of queries however many endpoints there are. */
export const getOverview = defineVerb({
  name: "endpoint.overview",
  kind: "query",
  permission: "endpoint:read",
  input: overviewInputSchema,
  output: overviewSchema,
  async run(ctx, { environment }) {
    const tx = ctx.db.read;
    const where = environment === undefined ? {} : { environment: { name: environment } };
    const [rows, metrics] = await Promise.all([
      tx.endpoint.findMany({
        where: { deletedAt: null, ...where },
        include: { environment: { include: { status: true } } },
      }),
      sparklines(ctx, environment),
    ]);
    const uids = rows.map((row) => row.uid);
    const plans = await findNewestPlans(tx, uids);
    const recent = await findRecentPlans(tx, uids, RECENT_CHANGES);
    const views = await planViews(tx, [...plans, ...recent]);
    const health = await healthViews(tx, uids);
    const planOf = new Map(plans.map((plan, index) => [plan.endpointUid, views[index]]));
    const nameOf = new Map(rows.map((row) => [row.uid, { endpoint: row.name, environment: row.environment.name }]));
    const endpoints = rows.map((row): Endpoint => {
      const plan = planOf.get(row.uid);
      return {
        uid: endpointUidSchema.parse(row.uid),
        name: row.name,
        environment: row.environment.name,
        environmentKind: environmentKindSchema.parse(row.environment.kind),
        health: health(row.uid),
        entries: (plan?.entries ?? []).toSorted(byTraffic),
        lastChange: plan === undefined ? null : lastChangeOf(plan),
        ...metrics.of(row.environment.name, row.name),
        pinnedAt: row.pinnedAt?.toISOString() ?? null,
        observedAt: row.environment.status?.observedAt.toISOString() ?? null,
      };
    });
    return {
      at: new Date().toISOString(),
      endpoints: endpoints.sort(worstFirst),
      timestamps: metrics.timestamps,
      metricsUnavailable: metrics.why,
      recentChanges: recent.flatMap((plan, index) => {
        const view = views[plans.length + index];
        const name = nameOf.get(plan.endpointUid);
        return view === undefined || name === undefined ? [] : [{ ...view, ...name }];
      }),
    };
  },
});

/** No more than is shown: a thousand endpoints have one each. */
const lastChangeOf = ({ number, kind, status, decidedAt, decidedBy, reason }: PlanView) => ({
  number,
  kind,
  status,
  decidedAt,
  decidedBy,
  reason,
});

const byTraffic = (a: PlanView["entries"][number], b: PlanView["entries"][number]) =>
  Number(a.role === "shadow") - Number(b.role === "shadow") || b.weightPercent - a.weightPercent;

const ORDER = [
  "Failing",
  "Degraded",
  "Unknown",
  "Deploying",
  "Healthy",
] as const satisfies (typeof HEALTH_STATES)[number][];
const worstFirst = (a: Endpoint, b: Endpoint) =>
  ORDER.indexOf(a.health.state) - ORDER.indexOf(b.health.state) ||
  a.name.localeCompare(b.name) ||
  a.environment.localeCompare(b.environment);

type Sparklines = Readonly<{
  timestamps: string[];
  why: Overview["metricsUnavailable"];
  of(environment: string, endpoint: string): Pick<Endpoint, FleetMetric>;
}>;

/** One query per metric for all endpoints. A source that does not answer is told, and hides nothing else. */
async function sparklines(ctx: ServiceContext, environment: string | undefined): Promise<Sparklines> {
  // On whole steps: otherwise every reading would draw other points.
  const toSeconds = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS;
  const range = { fromSeconds: toSeconds - HOUR_SECONDS, toSeconds, stepSeconds: STEP_SECONDS };
  const times = Array.from({ length: HOUR_SECONDS / STEP_SECONDS + 1 }, (_, i) => range.fromSeconds + i * STEP_SECONDS);
  const queries = fleetQueries("environment, endpoint", STEP_SECONDS, environment);
  try {
    const series = async (metric: FleetMetric) => {
      const samples = await ctx.metrics.range(queries[metric], range, ctx.signal);
      return new Map(samples.map(({ labels, values }) => [`${labels.environment}/${labels.endpoint}`, values]));
    };
    const [requests, errors, latency] = await Promise.all([
      series("requestsPerSecond"),
      series("errorRatio"),
      series("latencyMsP99"),
    ]);
    const line = (all: typeof requests, key: string) => times.map((at) => rounded(all.get(key)?.get(at)));
    return {
      timestamps: times.map((at) => new Date(at * 1000).toISOString()),
      why: null,
      of(environmentName, endpoint) {
        const key = `${environmentName}/${endpoint}`;
        return {
          requestsPerSecond: line(requests, key),
          errorRatio: line(errors, key),
          latencyMsP99: line(latency, key),
        };
      },
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const none = { requestsPerSecond: null, errorRatio: null, latencyMsP99: null };
    const { since } = error.detail;
    const why = { why: error.message, since: typeof since === "string" ? since : null };
    return { timestamps: [], why, of: () => none };
  }
}

const rounded = (value: number | undefined): number | null =>
  value === undefined ? null : Number(value.toPrecision(4));
