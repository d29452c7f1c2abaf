import { z } from "zod";
import { rollbackSchema } from "#domain/endpoint/schema.ts";
import { toPercent } from "#domain/endpoint/weights.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { planViewSchema } from "#domain/shared/views.ts";
import type { PlanRecord } from "#domain/traffic/plan-record.ts";
import { chooseRollbackTarget, type RollbackTarget } from "#domain/traffic/rollback-target.ts";
import type { Tx } from "#server/db/client.ts";
import { findPlans, type PlanRow } from "#server/db/plans.ts";
import { requireWriteIn } from "#server/services/context.ts";
import { lockEndpoint } from "#server/services/endpoint/find.ts";
import { defineVerb } from "#server/services/verb.ts";
import { decidePlan, describeEntries, storedEntries } from "./decide-plan.ts";
import { planView } from "./plan-view.ts";

/** A ledger may be long; what is older than this many plans is no rollback target. */
const LOOK_BACK = 500;

/** A new plan that repeats an older one, bucket by bucket; automation stays off until somebody resumes it. */
export const rollBack = defineVerb({
  name: "endpoint.rollback",
  kind: "mutation",
  permission: "traffic:rollback",
  input: rollbackSchema,
  output: planViewSchema,
  run: (ctx, { toPlan, reason, when, ...ref }) =>
    ctx.write(async (tx) => {
      const endpoint = await lockEndpoint(tx, ref);
      requireWriteIn(ctx.actor, endpoint.environment.kind);
      const plans = await findPlans(tx, endpoint.uid, LOOK_BACK);
      const choice = await choose(tx, endpoint.uid, plans, toPlan);
      if (choice.kind === "none") throw noTarget(choice);

      const target = planNumbered(plans, choice.plan);
      const left = planNumbered(plans, choice.from);
      const entries = storedEntries(target);
      const plan = await decidePlan(tx, endpoint, {
        kind: "rollback",
        entries,
        salt: target.salt,
        decidedBy: ctx.actor.name,
        reason,
        when,
        repeatsPlan: target.number,
        rolledBackFrom: left.number,
      });
      return {
        answer: await planView(tx, plan),
        audit: {
          action: "endpoint.rollback",
          subject: { kind: "endpoint", id: endpoint.uid, name: endpoint.name },
          before: { plan: left.number, entries: describeEntries(storedEntries(left)) },
          after: { plan: plan.number, repeatsPlan: target.number, entries: describeEntries(entries), when },
          reason,
        },
        change: { kind: "endpoint", key: endpoint.uid } as const,
      };
    }),
});

async function choose(tx: Tx, endpointUid: string, plans: readonly PlanRow[], toPlan: number | undefined) {
  const revisions = await tx.revision.findMany({ where: { endpointUid }, select: { number: true } });
  const history = {
    plans: plans.map(toRecord),
    revisions: new Set(revisions.map((revision) => revision.number)),
    // Nothing judges health yet; silence is not a miss.
    missedHealthTargets: new Set<number>(),
  };
  return chooseRollbackTarget(history, toPlan);
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

function noTarget({ why, choices }: Extract<RollbackTarget, { kind: "none" }>): DomainError {
  const named = choices.map((choice) => ({
    plan: choice.plan,
    refusedBecause: choice.refusedBecause,
    entries: choice.entries.map((entry) => ({
      revision: entry.revision,
      role: entry.role,
      weightPercent: toPercent(entry.weightBps),
    })),
  }));
  const advice = choices.length === 0 ? "" : " Name one of the choices as toPlan.";
  return new DomainError("no_rollback_target", `${why}${advice}`, { detail: { choices: named } });
}
