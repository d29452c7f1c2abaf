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
  const plans = await findNewestPlans(tx, [row.uid]);
  const [plan] = await planViews(tx, plans);
  const conditions = await conditionsOf(tx, "endpoint", [row.uid]);
  const health = await healthViews(tx, [row.uid]);
  return assemble(row, health, plan ?? null, await revisionViews(tx, revisions), conditions.get(row.uid) ?? []);
}

type ListedEndpoint = Omit<EndpointRow, "newestPlan" | "clusterPlan" | "isBehind">;

/** For lists, in few queries: of the revisions, only those in the newest plan. */
export async function endpointSummaries(tx: Tx, rows: readonly ListedEndpoint[]): Promise<EndpointView[]> {
  const uids = rows.map((row) => row.uid);
  const plans = await findNewestPlans(tx, uids);
  const views = await planViews(tx, plans);
  const conditions = await conditionsOf(tx, "endpoint", uids);
  const health = await healthViews(tx, uids);
  const planOf = new Map(plans.map((plan, index) => [plan.endpointUid, views[index] ?? null]));
  const named = plans.map(({ endpointUid, entries }) => ({
    endpointUid,
    number: { in: entries.map(({ revision }) => revision) },
  }));
  const revisions = await findRevisions(tx, { OR: named });
  const revisionsShown = await revisionViews(tx, revisions);
  return rows.map((row) => {
    const plan = planOf.get(row.uid) ?? null;
    const inPlan = new Set(plan?.entries.map((entry) => entry.revision));
    const shown = revisionsShown.filter(
      (view, i) => revisions[i]?.endpointUid === row.uid && inPlan.has(view.revision),
    );
    return assemble(row, health, plan, shown, conditions.get(row.uid) ?? []);
  });
}

function assemble(
  row: ListedEndpoint,
  health: HealthViews,
  plan: PlanView | null,
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
    plan,
    revisions,
    conditions,
    observedAt: row.environment.observedAt?.toISOString() ?? null,
    pinnedAt: row.pinnedAt?.toISOString() ?? null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}
