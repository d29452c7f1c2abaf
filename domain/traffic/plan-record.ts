import type { PlanState } from "#domain/traffic/plan-state.ts";
import { BUCKETS } from "#domain/traffic/wire.ts";

export type PlanEntryRecord = Readonly<{
  revision: number;
  role: "live" | "shadow";
  /** Live: its share, 0 to 10,000. Shadow: the share of requests copied. */
  weightBps: number;
}>;

/** A row of the ledger, as decisions see it. */
export type DecidedPlan = Readonly<{
  number: number;
  kind: "revision" | "traffic" | "rollback" | "delete";
  state: PlanState;
  entries: readonly PlanEntryRecord[];
  /** Rollbacks only: the plan it left and the plan it repeats. */
  rolledBackFrom: number | null;
  repeatsPlan: number | null;
}>;

/** For decisions that depend on when. */
export type PlanRecord = DecidedPlan & Readonly<{ decidedAt: Date; supersededAt: Date | null }>;

/** Revisions that answer callers: live with a share. An entry at 0 % or a shadow answers nobody, unless forced. */
export const servingRevisions = (plan: Pick<PlanRecord, "entries">): number[] =>
  plan.entries.filter((entry) => entry.role === "live" && entry.weightBps > 0).map((entry) => entry.revision);

/** The revision that has all the traffic; null when it is split or there is none. */
export const soleRevision = (plan: Pick<PlanRecord, "entries">): number | null =>
  plan.entries.find((entry) => entry.role === "live" && entry.weightBps === BUCKETS)?.revision ?? null;
