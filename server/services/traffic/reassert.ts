import { reassertSchema } from "#domain/endpoint/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { planViewSchema } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";
import { findPlansNumbered, type PlanRow } from "#server/db/plans.ts";
import { requireWriteIn } from "#server/services/context.ts";
import { type EndpointRow, findEndpoint, isDatabaseBehind, lockEvenBehind } from "#server/services/endpoint/find.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findBasePlan } from "./base-plan.ts";
import { decidePlan, describeEntries, storedEntries } from "./decide-plan.ts";
import { planView } from "./plan-view.ts";

/**
 * A person's choice when the cluster holds a newer plan than the database, as after the restore of a backup: what the
 * database says holds, under a number that routers take: the newest plan's shares, or those of an earlier one, so that
 * what was put back by hand need not give way to what it replaced.
 */
export const reassertPlan = defineVerb({
  name: "endpoint.reassert",
  kind: "mutation",
  permission: "traffic:rollback",
  input: reassertSchema,
  output: planViewSchema,
  run: (ctx, { reason, toPlan, ...ref }) =>
    ctx.write(async (tx) => {
      const { environment } = await lockEvenBehind(tx, ref);
      requireWriteIn(ctx.actor, environment.kind);
      // Whoever waited for the lock has seen what was before it.
      const endpoint = await findEndpoint(tx, { ...ref, environment: environment.name });
      const { clusterPlan, newestPlan } = endpoint;
      if (!isDatabaseBehind(endpoint))
        throw new DomainError("plan_conflict", "The cluster holds no plan that this database does not know.", {
          detail: { clusterPlan, newestPlan },
        });
      const base = toPlan === undefined ? await findBasePlan(tx, endpoint.uid) : await ledgerPlan(tx, endpoint, toPlan);
      const entries = base === null ? [] : storedEntries(base);
      const plan = await decidePlan(tx, endpoint, {
        kind: "traffic",
        entries,
        salt: base?.salt ?? endpoint.salt,
        decidedBy: ctx.actor.name,
        reason,
        above: clusterPlan,
        ...(toPlan === undefined ? {} : { repeatsPlan: toPlan }),
      });
      return {
        answer: await planView(tx, plan),
        audit: {
          action: "endpoint.reassert",
          subject: { kind: "endpoint", id: endpoint.uid, name: endpoint.name },
          before: { plan: newestPlan, clusterPlan },
          after: { plan: plan.number, entries: describeEntries(entries) },
          reason,
        },
        change: { kind: "endpoint", key: endpoint.uid } as const,
      };
    }),
});

async function ledgerPlan(tx: Tx, { uid, name }: EndpointRow, number: number): Promise<PlanRow> {
  const [plan] = await findPlansNumbered(tx, uid, [number]);
  if (plan === undefined) throw new DomainError("not_found", `${name} has no plan ${number}.`);
  return plan;
}
