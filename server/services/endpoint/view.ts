import { type EndpointView, endpointUidSchema, healthTargetsSchema } from "#domain/endpoint/schema.ts";
import type { PlanView, RevisionView } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";
import { findNewestPlans } from "#server/db/plans.ts";
import { conditionsOf } from "#server/services/conditions.ts";
import { findRevisions, revisionViews } from "#server/services/revision/view.ts";
import { planViews } from "#server/services/traffic/plan-view.ts";
import type { EndpointRow } from "./find.ts";
import { type HealthViews, healthViews } from "./health-view.ts";

const REVISIONS_SHOWN_MAX = 200;

/** Everything about one endpoint: its newest plan and its revisions, newest first. */
export async function endpointView(tx: Tx, row: EndpointRow): Promise<EndpointView> {
  const revisions = await findRevisions(tx, { endpointUid: row.uid }, REVISIONS_SHOWN_MAX);
  const plans = await plansOf(tx, [row.uid]);
  const conditions = await conditionsOf(tx, "endpoint", [row.uid]);
  const health = await healthViews(tx, [row.uid]);
  const conditionsShown = conditions.get(row.uid) ?? [];
  return assemble(row, health, plans(row.uid), await revisionViews(tx, revisions), conditionsShown);
}

type ListedEndpoint = Omit<EndpointRow, "newestPlan" | "clusterPlan" | "isBehind">;

/** For lists, in few queries: of the revisions, only those in the newest plan and the one that is served. */
export async function endpointSummaries(tx: Tx, rows: readonly ListedEndpoint[]): Promise<EndpointView[]> {
  const uids = rows.map((row) => row.uid);
  const plans = await plansOf(tx, uids);
  const conditions = await conditionsOf(tx, "endpoint", uids);
  const health = await healthViews(tx, uids);
  const named = uids.map((endpointUid) => ({ endpointUid, number: { in: revisionsIn(plans(endpointUid)) } }));
  const revisions = await findRevisions(tx, { OR: named });
  const revisionsShown = await revisionViews(tx, revisions);
  return rows.map((row) => {
    const inPlans = new Set(revisionsIn(plans(row.uid)));
    const shown = revisionsShown.filter(
      (view, i) => revisions[i]?.endpointUid === row.uid && inPlans.has(view.revision),
    );
    return assemble(row, health, plans(row.uid), shown, conditions.get(row.uid) ?? []);
  });
}

type Plans = Readonly<{ newest: PlanView | null; served: PlanView | null }>;

const revisionsIn = ({ newest, served }: Plans): number[] =>
  [newest, served].flatMap((plan) => plan?.entries.map(({ revision }) => revision) ?? []);

/** Of each endpoint its newest plan, and the newest that some router served. */
async function plansOf(tx: Tx, uids: readonly string[]): Promise<(uid: string) => Plans> {
  const newest = await findNewestPlans(tx, uids);
  const served = await findNewestPlans(tx, uids, "served");
  const views = await planViews(tx, [...newest, ...served]);
  const newestOf = new Map(newest.map(({ endpointUid }, index) => [endpointUid, views[index]]));
  const servedOf = new Map(served.map(({ endpointUid }, index) => [endpointUid, views[newest.length + index]]));
  return (uid) => ({ newest: newestOf.get(uid) ?? null, served: servedOf.get(uid) ?? null });
}

function assemble(
  row: ListedEndpoint,
  health: HealthViews,
  { newest, served }: Plans,
  revisions: RevisionView[],
  conditions: EndpointView["conditions"],
): EndpointView {
  return {
    uid: endpointUidSchema.parse(row.uid),
    name: row.name,
    environment: row.environment.name,
    url: `${row.environment.gatewayUrl.replace(/\/+$/, "")}/${row.name}`,
    generation: row.generation,
    healthTargets: healthTargetsSchema.parse(row.healthTargets),
    health: health(row.uid),
    silencedUntil: row.silencedUntil?.toISOString() ?? null,
    plan: newest,
    served: served === null ? null : { number: served.number, entries: served.entries },
    revisions,
    conditions,
    observedAt: row.environment.observedAt?.toISOString() ?? null,
    pinnedAt: row.pinnedAt?.toISOString() ?? null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}
