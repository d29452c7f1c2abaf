import type { Endpoint, Plan, Revision } from "./endpoint-ref.ts";

export type Step = Readonly<{ name: string; state: "done" | "now" | "ahead" | "failed" }>;

const lacking = ({ readyReplicas, desiredReplicas }: Revision): boolean =>
  readyReplicas === null || readyReplicas === 0 || readyReplicas < Math.min(1, desiredReplicas ?? 1);

/** Requested → Scaling r4 → Routers 2/2 → Applied, as far as the newest plan has come. */
export function stepsOf(plan: Plan, revisions: Endpoint["revisions"]): Step[] {
  const live = new Set(plan.entries.filter((e) => e.role === "live" && e.weightPercent > 0).map((e) => e.revision));
  const cold = revisions.filter((one) => live.has(one.revision) && lacking(one)).map(({ revision }) => `r${revision}`);
  const applied = plan.status === "applied";
  const failed = plan.status === "failed";
  const published = applied || plan.firstServedAt !== null || !(plan.acknowledged ?? "0/0").startsWith("0/");
  const scaling = !published && cold.length > 0;
  return [
    { name: "Requested", state: "done" },
    {
      name: scaling || failed ? `Scaling ${cold.join(", ")}`.trim() : "Pods ready",
      state: failed ? "failed" : scaling ? "now" : "done",
    },
    {
      name: plan.acknowledged === null ? "Routers" : `Routers ${plan.acknowledged}`,
      state: applied ? "done" : scaling || failed ? "ahead" : "now",
    },
    { name: "Applied", state: applied ? "done" : "ahead" },
  ];
}

/** The plan that Undo would restore; null: there is none. A rollback is undone by what it left. */
export function undoTargetOf(plan: Plan, earlier: readonly Plan[]): Plan | null {
  const wanted =
    plan.kind === "rollback"
      ? earlier.find(({ number }) => number === plan.rolledBackFrom)
      : plan.kind === "traffic"
        ? earlier.find(({ number, appliedAt }) => number < plan.number && appliedAt !== null)
        : undefined;
  return wanted === undefined || wanted.appliedAt === null ? null : wanted;
}
