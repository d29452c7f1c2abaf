import { type FleetMetric, fleetQueries } from "#domain/endpoint/fleet-queries.ts";
import { healthViewSchema } from "#domain/endpoint/health.ts";
import { type Overview, overviewInputSchema, overviewSchema } from "#domain/endpoint/overview.ts";
import { endpointUidSchema } from "#domain/endpoint/schema.ts";
import { environmentKindSchema } from "#domain/environment/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { PlanView } from "#domain/shared/views.ts";
import { countFleet, findFleetPage } from "#server/db/fleet.ts";
import { findNewestPlans, findRecentPlans } from "#server/db/plans.ts";
import type { ServiceContext } from "#server/services/context.ts";
import { likeText } from "#server/services/paging.ts";
import { planViews } from "#server/services/traffic/plan-view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { healthViews } from "./health-view.ts";
import { ownSince } from "./own-series.ts";

const HOUR_SECONDS = 3_600;
/** Thirty values draw a sparkline. */
const STEP_SECONDS = 120;
/** What is so now, as on the page of one endpoint. */
const NOW_SECONDS = 60;
const RECENT_CHANGES = 10;

type Endpoint = Overview["endpoints"][number];
const healthStateSchema = healthViewSchema.shape.state;

/** What the first screen and the list of endpoints show: a page of rows, in a fixed number of queries however many there are. */
export const getOverview = defineVerb({
  name: "endpoint.overview",
  kind: "query",
  permission: "endpoint:read",
  input: overviewInputSchema,
  output: overviewSchema,
  async run(ctx, { environment, search, ...asked }) {
    const tx = ctx.db.read;
    const [{ uids, total }, counts, recent] = await Promise.all([
      findFleetPage(tx, { ...asked, environment, search: search === undefined ? undefined : likeText(search) }),
      countFleet(tx, environment),
      findRecentPlans(tx, environment, RECENT_CHANGES),
    ]);
    const [found, plans, served, health, since] = await Promise.all([
      tx.endpoint.findMany({
        where: { uid: { in: uids } },
        include: { environment: true },
      }),
      findNewestPlans(tx, uids),
      findNewestPlans(tx, uids, "served"),
      healthViews(tx, uids),
      ownSince(tx, uids, STEP_SECONDS),
    ]);
    const rows = found.toSorted((a, b) => uids.indexOf(a.uid) - uids.indexOf(b.uid));
    const [views, metrics] = await Promise.all([
      planViews(tx, [...plans, ...recent, ...served]),
      sparklines(ctx, { environment, endpoints: rows.map(({ name }) => name) }),
    ]);
    const planOf = new Map(plans.map((plan, index) => [plan.endpointUid, views[index]]));
    const firstServed = plans.length + recent.length;
    const servedOf = new Map(served.map((plan, index) => [plan.endpointUid, views[firstServed + index]]));
    const endpoints = rows.map((row): Endpoint => {
      const plan = planOf.get(row.uid);
      return {
        uid: endpointUidSchema.parse(row.uid),
        name: row.name,
        environment: row.environment.name,
        environmentKind: environmentKindSchema.parse(row.environment.kind),
        health: health(row.uid),
        entries: (servedOf.get(row.uid) ?? plan)?.entries.toSorted(byTraffic) ?? [],
        lastChange: plan === undefined ? null : lastChangeOf(plan),
        ...metrics.of(row.environment.name, row.name, since(row.uid)),
        pinnedAt: row.pinnedAt?.toISOString() ?? null,
      };
    });
    return {
      at: new Date().toISOString(),
      endpoints,
      total,
      counts: counts.map(({ state, count, name, environment: where, since }) => ({
        state: healthStateSchema.parse(state),
        count,
        longest: { name, environment: where, since: since?.toISOString() ?? null },
      })),
      timestamps: metrics.timestamps,
      metricsUnavailable: metrics.why,
      recentChanges: recent.flatMap((plan, index) => {
        const view = views[plans.length + index];
        return view === undefined ? [] : [{ ...view, endpoint: plan.endpoint, environment: plan.environment }];
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

type Shown = Readonly<{ environment: string | undefined; endpoints: readonly string[] }>;

type Sparklines = Readonly<{
  timestamps: string[];
  why: Overview["metricsUnavailable"];
  of(environment: string, endpoint: string, sinceSeconds: number): Pick<Endpoint, FleetMetric>;
}>;

const NONE = { requestsPerSecond: null, errorRatio: null, latencyMsP99: null } as const;

/**
 * Two queries per metric for all endpoints that are shown: an hour of whole steps, for on others every reading would draw
 * other points, and now. A source that does not answer is told, and hides nothing else.
 */
async function sparklines(ctx: ServiceContext, shown: Shown): Promise<Sparklines> {
  if (shown.endpoints.length === 0) return { timestamps: [], why: null, of: () => NONE };
  const now = Math.floor(Date.now() / 1000);
  const toSeconds = (Math.ceil(now / STEP_SECONDS) - 1) * STEP_SECONDS;
  const range = { fromSeconds: toSeconds - HOUR_SECONDS, toSeconds, stepSeconds: STEP_SECONDS };
  const steps = Array.from({ length: HOUR_SECONDS / STEP_SECONDS + 1 }, (_, i) => range.fromSeconds + i * STEP_SECONDS);
  const times = [...steps, now];
  const queries = (window: number) => fleetQueries("environment, endpoint", window, shown.environment, shown.endpoints);
  const [before, latest] = [queries(STEP_SECONDS), queries(NOW_SECONDS)];
  try {
    const series = async (metric: FleetMetric) => {
      const answers = await Promise.all([
        ctx.metrics.range(before[metric], range, ctx.signal),
        ctx.metrics.range(latest[metric], { fromSeconds: now, toSeconds: now, stepSeconds: NOW_SECONDS }, ctx.signal),
      ]);
      const found = new Map<string, Map<number, number>>();
      for (const { labels, values } of answers.flat()) {
        const key = `${labels.environment}/${labels.endpoint}`;
        found.set(key, new Map([...(found.get(key) ?? []), ...values]));
      }
      return found;
    };
    const [requests, errors, latency] = await Promise.all([
      series("requestsPerSecond"),
      series("errorRatio"),
      series("latencyMsP99"),
    ]);
    return {
      timestamps: times.map((at) => new Date(at * 1000).toISOString()),
      why: null,
      of(environmentName, endpoint, sinceSeconds) {
        const key = `${environmentName}/${endpoint}`;
        const line = (all: typeof requests) =>
          times.map((at) => (at < sinceSeconds ? null : rounded(all.get(key)?.get(at))));
        return { requestsPerSecond: line(requests), errorRatio: line(errors), latencyMsP99: line(latency) };
      },
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { since } = error.detail;
    const why = { why: error.message, since: typeof since === "string" ? since : null };
    return { timestamps: [], why, of: () => NONE };
  }
}

const rounded = (value: number | undefined): number | null =>
  value === undefined ? null : Number(value.toPrecision(4));
