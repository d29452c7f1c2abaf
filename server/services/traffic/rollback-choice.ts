import type { DecidedPlan } from "#domain/traffic/plan-record.ts";
import { chooseRollbackTarget, isSettledBy, type RollbackTarget } from "#domain/traffic/rollback-target.ts";
import type { Tx } from "#server/db/client.ts";
import { findLedger, findPlansNumbered, type PlanRow } from "#server/db/plans.ts";

/** A rollback waits for this to be read, and few go back further. */
const NEAR = 40;
/** A ledger may be long; what is older than this many plans is no rollback target. */
const LOOK_BACK = 500;

/** `current`: what is left; null: nothing is served. `newest`: of all plans, failed ones too. */
export type Choice = Readonly<{ choice: RollbackTarget; current: number | null; newest: number }>;

/** The one answer that the preview shows and the rollback takes. */
export async function rollbackChoice(tx: Tx, endpointUid: string, toPlan: number | undefined): Promise<Choice> {
  const near = await chooseAmong(tx, endpointUid, toPlan, NEAR);
  return near.isSettled ? near : chooseAmong(tx, endpointUid, toPlan, LOOK_BACK);
}

async function chooseAmong(tx: Tx, endpointUid: string, toPlan: number | undefined, take: number) {
  const { plans, revisions } = await findLedger(tx, endpointUid, take);
  const history = {
    plans,
    revisions,
    missedHealthTargets: new Set(plans.filter((plan) => plan.missedTargets).map((plan) => plan.number)),
  };
  const choice = chooseRollbackTarget(history, toPlan);
  return {
    choice,
    current: newestStanding(plans),
    newest: Math.max(0, ...plans.map(({ number }) => number)),
    isSettled: plans.length < take || isSettledBy(plans, choice),
  };
}

function newestStanding(plans: readonly DecidedPlan[]): number | null {
  const standing = plans.filter((plan) => plan.state !== "failed").map((plan) => plan.number);
  return standing.length === 0 ? null : Math.max(...standing);
}

/** Plans that were chosen from the ledger. */
export async function chosenPlans(tx: Tx, endpointUid: string, numbers: readonly number[]): Promise<PlanRow[]> {
  const plans = await findPlansNumbered(tx, endpointUid, numbers);
  if (plans.length < numbers.length) throw new Error(`of the plans ${numbers.join()} only ${plans.length} are there`);
  return plans;
}
