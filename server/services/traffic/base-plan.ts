import type { Tx } from "#server/db/client.ts";
import { findPlans, type PlanRow } from "#server/db/plans.ts";

const LOOK_BACK = 50;

/**
 * The plan that the next one is computed from: the newest that did not fail, for a failed one never reached the
 * routers. Null: nothing is served yet.
 */
export async function findBasePlan(tx: Tx, endpointUid: string): Promise<PlanRow | null> {
  const plans = await findPlans(tx, endpointUid, LOOK_BACK);
  return plans.find((plan) => plan.state !== "failed") ?? null;
}
