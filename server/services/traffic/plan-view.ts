import { toPercent } from "#domain/endpoint/weights.ts";
import { type PlanView, planEntryViewSchema, planViewSchema } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";

const WITH_ENTRIES = { entries: { orderBy: { revision: "asc" } }, status: true } as const;
export type PlanRow = Awaited<ReturnType<typeof findPlans>>[number];

export const findPlans = (
  tx: Tx,
  where: { endpointUid: string; number?: { lt?: number; gte?: number; lte?: number } },
  take: number,
) => tx.trafficPlan.findMany({ where, include: WITH_ENTRIES, orderBy: { number: "desc" }, take });

/** The newest plan of each endpoint. */
export async function findNewestPlans(tx: Tx, endpointUids: readonly string[]): Promise<PlanRow[]> {
  const newest = await tx.$queryRaw<{ id: string }[]>`
    SELECT p.id FROM unnest(${endpointUids}::uuid[]) AS e(uid)
    CROSS JOIN LATERAL (SELECT id FROM "TrafficPlan" WHERE "endpointUid" = e.uid ORDER BY number DESC LIMIT 1) p`;
  return tx.trafficPlan.findMany({ where: { id: { in: newest.map((row) => row.id) } }, include: WITH_ENTRIES });
}

const { shape } = planViewSchema;
const nameKey = (endpointUid: string, revision: number) => `${endpointUid}/${revision}`;

/** Views in the order of `plans`, with the names behind revision numbers and how far routers are. */
export async function planViews(tx: Tx, plans: readonly PlanRow[]): Promise<PlanView[]> {
  const uids = [...new Set(plans.map((plan) => plan.endpointUid))];
  const numbers = [...new Set(plans.flatMap((plan) => plan.entries.map((entry) => entry.revision)))];
  const revisions = await tx.revision.findMany({
    where: { endpointUid: { in: uids }, number: { in: numbers } },
    select: {
      endpointUid: true,
      number: true,
      version: { select: { number: true, model: { select: { name: true } } } },
    },
  });
  const statuses = await tx.endpointStatus.findMany({ where: { endpointUid: { in: uids } } });
  const silent = await tx.condition.findMany({
    where: { subjectKind: "endpoint", subjectId: { in: uids }, type: "RouterSilent", status: "True" },
  });
  const names = new Map(revisions.map((r) => [nameKey(r.endpointUid, r.number), r.version]));
  return plans.map((plan) => {
    const status = statuses.find((s) => s.endpointUid === plan.endpointUid);
    const isPublished = status !== undefined && status.publishedPlan === plan.number;
    const silence = silent.find((condition) => condition.subjectId === plan.endpointUid);
    return {
      number: plan.number,
      kind: shape.kind.parse(plan.kind),
      entries: plan.entries.map((entry) => {
        const version = names.get(nameKey(plan.endpointUid, entry.revision));
        return {
          revision: entry.revision,
          model: version?.model.name ?? "",
          version: String(version?.number ?? ""),
          role: planEntryViewSchema.shape.role.parse(entry.role),
          weightPercent: toPercent(entry.weightBps),
        };
      }),
      ...progress(plan, status),
      routerSilent: isPublished ? (silence?.message ?? null) : null,
      decidedAt: plan.decidedAt.toISOString(),
      decidedBy: plan.decidedBy,
      reason: plan.reason,
      when: shape.when.parse(plan.publishWhen),
      repeatsPlan: plan.repeatsPlan,
      rolledBackFrom: plan.rolledBackFrom,
    };
  });
}

type RouterCount = Readonly<{ publishedPlan: number; acknowledged: number; routers: number }>;

function progress(plan: PlanRow, routers: RouterCount | undefined) {
  const { status } = plan;
  return {
    status: shape.status.parse(status?.state ?? "pending"),
    acknowledged: acknowledgedBy(plan.number, routers),
    firstServedAt: status?.firstServedAt?.toISOString() ?? null,
    appliedAt: status?.appliedAt?.toISOString() ?? null,
    supersededAt: status?.supersededAt?.toISOString() ?? null,
    failure: status?.failure ?? null,
  };
}

/** Routers are counted for the published plan only: what an older one had is no longer known. */
function acknowledgedBy(number: number, routers: RouterCount | undefined): string | null {
  if (routers === undefined) return "0/0";
  if (routers.publishedPlan === number) return `${routers.acknowledged}/${routers.routers}`;
  return routers.publishedPlan < number ? `0/${routers.routers}` : null;
}

export async function planView(tx: Tx, plan: PlanRow): Promise<PlanView> {
  const [view] = await planViews(tx, [plan]);
  if (view === undefined) throw new Error(`no view of plan ${plan.id}`);
  return view;
}
