import { rollbackSchema } from "#domain/endpoint/schema.ts";
import { toPercent } from "#domain/endpoint/weights.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { planViewSchema } from "#domain/shared/views.ts";
import type { RollbackTarget } from "#domain/traffic/rollback-target.ts";
import type { PlanRow } from "#server/db/plans.ts";
import { requireWriteIn } from "#server/services/context.ts";
import { lockEndpoint } from "#server/services/endpoint/find.ts";
import { defineVerb } from "#server/services/verb.ts";
import { decidePlan, describeEntries, storedEntries } from "./decide-plan.ts";
import { planView } from "./plan-view.ts";
import { chosenPlans, rollbackChoice } from "./rollback-choice.ts";

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
      const { choice, newest } = await rollbackChoice(tx, endpoint.uid, toPlan);
      if (choice.kind === "none") throw noTarget(choice);

      const [target, left] = (await chosenPlans(tx, endpoint.uid, [choice.plan, choice.from])) as [PlanRow, PlanRow];
      if (endpoint.pinnedAt !== null && left.number === newest && isSameRollback(left, toPlan, when))
        return { answer: await planView(tx, left), unchanged: true };
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

/** Two people pressed at once: a second plan of the same shares would take the first one's undo away. */
const isSameRollback = (left: PlanRow, toPlan: number | undefined, when: string): boolean =>
  left.kind === "rollback" &&
  left.repeatsPlan === toPlan &&
  (left.state === "applied" || ((left.state ?? "pending") === "pending" && left.publishWhen === when));

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
