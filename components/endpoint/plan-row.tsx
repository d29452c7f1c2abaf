import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TrafficBar } from "#components/ui/traffic-bar.tsx";
import type { Among } from "#domain/shared/version-label.ts";
import type { Plan } from "./endpoint-ref.ts";
import { changeWords, sharesOf } from "./plan-words.ts";

const TONES = { pending: "accent", applied: "neutral", superseded: "neutral", failed: "failing" } as const;

type PlanRowProps = Readonly<{ plan: Plan; among: Among; action?: ReactNode }>;

/** One change: what, when, by whom and why, and who answered after it. */
export const PlanRow = ({ plan, among, action }: PlanRowProps) => (
  <li className="grid grid-cols-[56px_minmax(0,1.4fr)_minmax(0,1fr)_auto] items-start gap-3 border-b px-4 py-2 last:border-b-0 max-sm:grid-cols-[44px_minmax(0,1fr)]">
    <span className="font-medium">#{plan.number}</span>
    <div className="min-w-0">
      <p>
        {changeWords(plan)} <RelativeTime at={plan.decidedAt} className="text-muted" />{" "}
        <span className="text-muted">by {plan.decidedBy}</span>{" "}
        {plan.status === "applied" ? null : <Badge tone={TONES[plan.status]}>{plan.status}</Badge>}
      </p>
      {plan.reason === "" ? null : <p className="break-words text-muted">{plan.reason}</p>}
      {plan.failure === null ? null : <p className="text-failing">{plan.failure}</p>}
    </div>
    <div className="max-sm:col-start-2">
      {plan.entries.length === 0 ? (
        <span className="text-muted">nothing served</span>
      ) : (
        <TrafficBar shares={sharesOf(plan.entries)} among={among} />
      )}
    </div>
    <div className="flex min-w-24 justify-end max-sm:col-start-2 max-sm:-ml-2 max-sm:justify-start">{action}</div>
  </li>
);
