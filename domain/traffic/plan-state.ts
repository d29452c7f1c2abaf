export const PLAN_STATES = ["pending", "applied", "superseded", "failed"] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** proven: every router acknowledged it. replaced: a newer plan was decided. missed: a revision missed its deadline. */
export type PlanEvent = "proven" | "replaced" | "missed";

const FROM_PENDING = { proven: "applied", replaced: "superseded", missed: "failed" } as const satisfies Record<
  PlanEvent,
  PlanState
>;

/** Only a pending plan changes: one that was applied stays so in the ledger after a newer one took its place. */
export const nextPlanState = (state: PlanState, event: PlanEvent): PlanState =>
  state === "pending" ? FROM_PENDING[event] : state;
