import { toPercent } from "#domain/endpoint/weights.ts";
import { type PlanView, planEntryViewSchema, planViewSchema } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";
import { findSurroundings, type PlanRow } from "#server/db/plans.ts";

const { shape } = planViewSchema;
const roleSchema = planEntryViewSchema.shape.role;

/** Views in the order of `plans`, with the names behind revision numbers and how far routers are. */
export async function planViews(tx: Tx, plans: readonly PlanRow[]): Promise<PlanView[]> {
  if (plans.length === 0) return [];
  const uids = [...new Set(plans.map((plan) => plan.endpointUid))];
  const revisions = [...new Set(plans.flatMap((plan) => plan.entries.map((entry) => entry.revision)))];
  const around = new Map((await findSurroundings(tx, uids, revisions)).map((row) => [row.endpointUid, row]));
  return plans.map((plan) => {
    const count = around.get(plan.endpointUid);
    const nameOf = new Map(count?.names.map((name) => [name.revision, name]));
    return {
      number: plan.number,
      kind: shape.kind.parse(plan.kind),
      entries: plan.entries.map((entry) => {
        const name = nameOf.get(entry.revision);
        return {
          revision: entry.revision,
          model: name?.model ?? "",
          version: String(name?.version ?? ""),
          role: roleSchema.parse(entry.role),
          weightPercent: toPercent(entry.weightBps),
        };
      }),
      status: shape.status.parse(plan.state ?? "pending"),
      acknowledged: acknowledgedBy(plan.number, count),
      routerSilent: count?.publishedPlan === plan.number ? count.silent : null,
      decidedAt: plan.decidedAt.toISOString(),
      decidedBy: plan.decidedBy,
      reason: plan.reason,
      when: shape.when.parse(plan.publishWhen),
      repeatsPlan: plan.repeatsPlan,
      rolledBackFrom: plan.rolledBackFrom,
      firstServedAt: plan.firstServedAt?.toISOString() ?? null,
      appliedAt: plan.appliedAt?.toISOString() ?? null,
      supersededAt: plan.supersededAt?.toISOString() ?? null,
      failure: plan.failure,
    };
  });
}

type RouterCount = Readonly<{ publishedPlan: number | null; acknowledged: number; routers: number }>;

/** Routers are counted for the published plan only: what an older one had is no longer known. */
function acknowledgedBy(number: number, count: RouterCount | undefined): string | null {
  if (count === undefined || count.publishedPlan === null) return "0/0";
  if (count.publishedPlan === number) return `${count.acknowledged}/${count.routers}`;
  return count.publishedPlan < number ? `0/${count.routers}` : null;
}

export async function planView(tx: Tx, plan: PlanRow): Promise<PlanView> {
  const [view] = await planViews(tx, [plan]);
  if (view === undefined) throw new Error(`no view of plan ${plan.id}`);
  return view;
}
