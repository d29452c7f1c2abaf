import { listPlansSchema, plansViewSchema } from "#domain/endpoint/schema.ts";
import type { Tx } from "#server/db/client.ts";
import { findPlans, type PlanRow } from "#server/db/plans.ts";
import { findEndpoint } from "#server/services/endpoint/find.ts";
import { decodeCursor, pageFrom, wholeNumber } from "#server/services/paging.ts";
import { defineVerb } from "#server/services/verb.ts";
import { planViews } from "./plan-view.ts";

/** The ledger, newest first; with `at`, what was live then. */
export const listPlans = defineVerb({
  name: "endpoint.plans",
  kind: "query",
  permission: "endpoint:read",
  input: listPlansSchema,
  output: plansViewSchema,
  async run(ctx, { at, cursor, limit, ...ref }) {
    const tx = ctx.db.read;
    const { uid } = await findEndpoint(tx, ref);
    if (at !== undefined) return plansAt(tx, uid, new Date(at));

    const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, wholeNumber)[0]);
    const rows = await findPlans(tx, uid, limit + 1, { below: before });
    const { page, nextCursor } = pageFrom(rows, limit, (plan) => [String(plan.number)]);
    return { items: await planViews(tx, page), nextCursor };
  },
});

/**
 * Live at `at`: the newest plan that some router had begun to serve. Only a plan that every router had acknowledged
 * ends what came before it, so those from the newest such plan up to the live one may have been served too.
 */
async function plansAt(tx: Tx, endpointUid: string, at: Date) {
  const served = (plan: PlanRow) => plan.firstServedAt !== null && plan.firstServedAt <= at;
  // The moments that we tell are whole milliseconds: asked for one of them, what happened then has happened.
  const [newest] = await tx.$queryRaw<{ live: number | null; proven: number | null }[]>`
    SELECT max(p.number) FILTER (WHERE date_trunc('milliseconds', s."firstServedAt") <= ${at}::timestamptz) AS live,
           max(p.number) FILTER (WHERE date_trunc('milliseconds', s."appliedAt") <= ${at}::timestamptz) AS proven
    FROM "TrafficPlan" p JOIN "TrafficPlanStatus" s ON s."planId" = p.id WHERE p."endpointUid" = ${endpointUid}::uuid`;
  if (newest?.live == null) return { items: [], nextCursor: null, alsoServing: [] };

  const range = { from: newest.proven ?? 1, to: newest.live };
  const plans = (await findPlans(tx, endpointUid, 1_000, range)).filter(served);
  const [live, ...alsoServing] = await planViews(tx, plans);
  return { items: live === undefined ? [] : [live], nextCursor: null, alsoServing };
}
