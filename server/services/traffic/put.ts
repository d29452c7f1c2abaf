import { putTrafficSchema, type TrafficEntry } from "#domain/endpoint/schema.ts";
import { checkEntries, toBps } from "#domain/endpoint/weights.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { planViewSchema } from "#domain/shared/views.ts";
import { allocateRanges } from "#domain/traffic/allocate.ts";
import type { Tx } from "#server/db/client.ts";
import { findNewestPlans, type PlanRow } from "#server/db/plans.ts";
import { requireWriteIn } from "#server/services/context.ts";
import { lockEndpoint } from "#server/services/endpoint/find.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findServedPlan } from "./base-plan.ts";
import { decidePlan, describeEntries, type PlanEntry, storedEntries } from "./decide-plan.ts";
import { planView } from "./plan-view.ts";

export const putTraffic = defineVerb({
  name: "endpoint.putTraffic",
  kind: "mutation",
  permission: "traffic:write",
  input: putTrafficSchema,
  output: planViewSchema,
  run: (ctx, { entries, expectedPlan, reason, ...ref }) =>
    ctx.write(async (tx) => {
      const endpoint = await lockEndpoint(tx, ref);
      requireWriteIn(ctx.actor, endpoint.environment.kind);
      const [newest] = await findNewestPlans(tx, [endpoint.uid]);
      if ((newest?.number ?? 0) !== expectedPlan) throw await planConflict(tx, expectedPlan, newest);
      await refuseBadEntries(tx, endpoint.uid, entries);

      const served = await findServedPlan(tx, endpoint.uid);
      const wanted = allocate(served === null ? [] : storedEntries(served), entries);
      const plan = await decidePlan(tx, endpoint, {
        kind: "traffic",
        entries: wanted,
        salt: served?.salt ?? endpoint.salt,
        decidedBy: ctx.actor.name,
        reason,
      });
      return {
        answer: await planView(tx, plan),
        audit: {
          action: "endpoint.putTraffic",
          subject: { kind: "endpoint", id: endpoint.uid, name: endpoint.name },
          before:
            newest === undefined ? null : { plan: newest.number, entries: describeEntries(storedEntries(newest)) },
          after: { plan: plan.number, entries: describeEntries(wanted) },
          reason,
        },
        change: { kind: "endpoint", key: endpoint.uid } as const,
      };
    }),
});

/** The wanted shares, as ranges that move no more units than they must. */
export function allocate(before: readonly PlanEntry[], wanted: readonly TrafficEntry[]): PlanEntry[] {
  const live = wanted.filter((entry) => entry.role === "live");
  const ranges = allocateRanges(
    new Map(before.filter((entry) => entry.role === "live").map((entry) => [entry.revision, entry.ranges])),
    new Map(live.map((entry) => [entry.revision, toBps(entry.weightPercent)])),
  );
  return wanted.map(({ revision, role, weightPercent }) => ({
    revision,
    role,
    weightBps: toBps(weightPercent),
    ranges: role === "live" ? (ranges.get(revision) ?? []) : [],
  }));
}

async function refuseBadEntries(tx: Tx, endpointUid: string, entries: readonly TrafficEntry[]) {
  const revisions = await tx.revision.findMany({ where: { endpointUid }, select: { number: true } });
  const fields = checkEntries(entries, new Set(revisions.map((revision) => revision.number)));
  if (fields.length > 0) throw new DomainError("invalid", fields.map((field) => field.message).join("; "), { fields });
}

/** The caller's view is old: it is told what holds now, who decided it and why. */
async function planConflict(tx: Tx, expected: number, newest: PlanRow | undefined) {
  if (newest === undefined)
    return new DomainError("plan_conflict", `You saw plan ${expected}, but this endpoint has no plan yet.`, {
      detail: { currentPlan: null },
    });
  const because = newest.reason === "" ? "" : ` because "${newest.reason}"`;
  return new DomainError(
    "plan_conflict",
    `You saw plan ${expected}, but ${newest.decidedBy} decided plan ${newest.number} at ${newest.decidedAt.toISOString()}${because}.`,
    { detail: { currentPlan: await planView(tx, newest) } },
  );
}
