import { z } from "zod";
import { planViewSchema } from "#domain/shared/views.ts";
import type { PlanRecord } from "#domain/traffic/plan-record.ts";
import { chooseRollbackTarget, type RollbackTarget } from "#domain/traffic/rollback-target.ts";
import type { Tx } from "#server/db/client.ts";
import { findPlans, type PlanRow } from "#server/db/plans.ts";
import { storedEntries } from "./decide-plan.ts";

/** A ledger may be long; what is older than this many plans is no rollback target. */
const LOOK_BACK = 500;

export type Choice = Readonly<{ choice: RollbackTarget; numbered(plan: number): PlanRow; current: PlanRow | null }>;

/** The one answer that the preview shows and the rollback takes. `current`: what is left; null: nothing is served. */
export async function rollbackChoice(tx: Tx, endpointUid: string, toPlan: number | undefined): Promise<Choice> {
  const plans = await findPlans(tx, endpointUid, LOOK_BACK);
  const revisions = await tx.revision.findMany({ where: { endpointUid }, select: { number: true } });
  const history = {
    plans: plans.map(toRecord),
    revisions: new Set(revisions.map((revision) => revision.number)),
    missedHealthTargets: new Set(plans.filter((plan) => plan.missedTargetsAt !== null).map((plan) => plan.number)),
  };
  return {
    choice: chooseRollbackTarget(history, toPlan),
    numbered: (number) => planNumbered(plans, number),
    current: plans.find((plan) => plan.state !== "failed") ?? null,
  };
}

const { shape } = planViewSchema;
const stateSchema = z.enum(["pending", "applied", "superseded", "failed"]);

const toRecord = (plan: PlanRow): PlanRecord => ({
  number: plan.number,
  kind: shape.kind.parse(plan.kind),
  state: stateSchema.parse(plan.state ?? "pending"),
  entries: storedEntries(plan),
  rolledBackFrom: plan.rolledBackFrom,
  repeatsPlan: plan.repeatsPlan,
  decidedAt: plan.decidedAt,
  supersededAt: plan.supersededAt,
});

function planNumbered(plans: readonly PlanRow[], number: number): PlanRow {
  const plan = plans.find((candidate) => candidate.number === number);
  if (plan === undefined) throw new Error(`plan ${number} was chosen but is not in the ledger`);
  return plan;
}
