import { z } from "zod";
import { type BucketRange, bucketRangeSchema } from "#domain/traffic/wire.ts";
import type { Tx } from "#server/db/client.ts";
import type { PlanRow } from "#server/db/plans.ts";
import type { EndpointRow } from "#server/services/endpoint/find.ts";

export type PlanEntry = Readonly<{
  revision: number;
  role: "live" | "shadow";
  weightBps: number;
  ranges: readonly BucketRange[];
}>;

type Decision = Readonly<{
  kind: "revision" | "traffic" | "rollback" | "delete";
  entries: readonly PlanEntry[];
  salt: string;
  decidedBy: string;
  reason?: string;
  repeatsPlan?: number;
  rolledBackFrom?: number;
  when?: "now" | "capacity";
  /** The plan's number is above this one too. */
  above?: number;
}>;

/**
 * Appends the next plan of a locked endpoint; plans still pending are superseded by it, the generation rises, a
 * rollback pins the endpoint and a deletion marks it.
 * The caller holds the endpoint's row lock, so numbers are consecutive, but for `above`.
 */
export async function decidePlan(tx: Tx, endpoint: EndpointRow, decision: Decision): Promise<PlanRow> {
  const entries = JSON.stringify(decision.entries);
  const [plan] = await tx.$queryRaw<Pick<PlanRow, "id" | "number" | "decidedAt">[]>`
    WITH plan AS (
      INSERT INTO "TrafficPlan" ("endpointUid", number, kind, reason, salt, "repeatsPlan", "rolledBackFrom",
                                 "publishWhen", "decidedBy")
      SELECT ${endpoint.uid}::uuid, 1 + greatest(max(number), ${decision.above ?? 0}::int), ${decision.kind}, ${decision.reason ?? ""},
             ${decision.salt}, ${decision.repeatsPlan ?? null}::int, ${decision.rolledBackFrom ?? null}::int,
             ${decision.when ?? "now"}, ${decision.decidedBy}
      FROM "TrafficPlan" WHERE "endpointUid" = ${endpoint.uid}::uuid
      RETURNING id, number, "decidedAt"
    ), entries AS (
      INSERT INTO "TrafficPlanEntry" ("planId", revision, role, "weightBps", ranges)
      SELECT plan.id, e.revision, e.role, e."weightBps", e.ranges
      FROM plan, jsonb_to_recordset(${entries}::jsonb)
        AS e(revision int, role text, "weightBps" int, ranges jsonb)
    ), status AS (
      INSERT INTO "TrafficPlanStatus" ("planId") SELECT id FROM plan
    ), superseded AS (
      UPDATE "TrafficPlanStatus" s SET state = 'superseded', "supersededAt" = clock_timestamp()
      FROM "TrafficPlan" p
      WHERE p.id = s."planId" AND p."endpointUid" = ${endpoint.uid}::uuid AND s.state = 'pending'
    )
    UPDATE "Endpoint" SET
      generation = generation + 1,
      "pinnedAt" = CASE WHEN ${decision.kind} = 'rollback' THEN clock_timestamp() ELSE "pinnedAt" END,
      "deletedAt" = CASE WHEN ${decision.kind} = 'delete' THEN clock_timestamp() ELSE "deletedAt" END
    FROM plan WHERE uid = ${endpoint.uid}::uuid
    RETURNING plan.id, plan.number, plan."decidedAt"`;
  if (plan === undefined) throw new Error(`endpoint ${endpoint.uid} has no plan after one was decided`);
  return {
    ...plan,
    endpointUid: endpoint.uid,
    kind: decision.kind,
    reason: decision.reason ?? "",
    salt: decision.salt,
    repeatsPlan: decision.repeatsPlan ?? null,
    rolledBackFrom: decision.rolledBackFrom ?? null,
    publishWhen: decision.when ?? "now",
    decidedBy: decision.decidedBy,
    state: "pending",
    firstServedAt: null,
    appliedAt: null,
    supersededAt: null,
    failure: null,
    missedTargetsAt: null,
    entries: [...decision.entries].sort((a, b) => a.revision - b.revision),
  };
}

const rangesSchema = z.array(bucketRangeSchema);

/** Entries of a stored plan, as another plan takes them over. */
export const storedEntries = (plan: PlanRow): PlanEntry[] =>
  plan.entries.map((entry) => ({
    revision: entry.revision,
    role: entry.role === "shadow" ? "shadow" : "live",
    weightBps: entry.weightBps,
    ranges: rangesSchema.parse(entry.ranges),
  }));

/** For the audit log: `{"2": "90 %", "3": "10 %"}`. */
export const describeEntries = (entries: readonly PlanEntry[]) =>
  Object.fromEntries(entries.map((e) => [e.revision, `${e.role === "shadow" ? "shadow " : ""}${e.weightBps / 100} %`]));
