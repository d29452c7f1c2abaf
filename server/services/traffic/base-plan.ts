import type { Tx } from "#server/db/client.ts";
import { findPlans, type PlanRow } from "#server/db/plans.ts";

/**
 * What holds, or will as soon as it can: the newest plan that did not fail, for a failed one never reached the routers.
 * Its shares go on in the next one. Null: nothing is served yet.
 */
export async function findBasePlan(tx: Tx, endpointUid: string): Promise<PlanRow | null> {
  const [plan] = await findPlans(tx, endpointUid, 1, { only: "not failed" });
  return plan ?? null;
}

/**
 * Where every unit is: the newest plan that some router served, or else the base plan. New ranges are computed from it,
 * so that a plan which was replaced before anybody met it moves nobody.
 */
export async function findServedPlan(tx: Tx, endpointUid: string): Promise<PlanRow | null> {
  const [served] = await findPlans(tx, endpointUid, 1, { only: "served" });
  return served ?? findBasePlan(tx, endpointUid);
}
