import type { Plan } from "#components/endpoint/endpoint-ref.ts";
import { changeWords, versionsWords } from "#components/endpoint/plan-words.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Among } from "#domain/shared/version-label.ts";

type PlanConflictProps = Readonly<{
  plan: Plan;
  among: Among;
  /** One tried to save, and was told no. */
  refused: boolean;
  onKeep: () => void;
  onDrop: () => void;
}>;

/** Somebody was faster: who, when and why, and what to do with what was typed. */
export const PlanConflict = ({ plan, among, refused, onKeep, onDrop }: PlanConflictProps) => (
  <Banner
    status="Degraded"
    title={
      <>
        {plan.decidedBy} {changeWords(plan).toLowerCase()} <RelativeTime at={plan.decidedAt} />: #{plan.number},{" "}
        {versionsWords(plan.entries, among)}.
      </>
    }
  >
    <p>
      {plan.reason === "" ? "No reason was given." : `“${plan.reason}”`} Your input is kept
      {refused ? "; nothing was saved" : ""}.
    </p>
    <div className="mt-3 flex flex-wrap gap-2">
      <Button onClick={onKeep}>Keep mine, on top of #{plan.number}</Button>
      <Button look="quiet" onClick={onDrop}>
        Begin from #{plan.number}
      </Button>
    </div>
  </Banner>
);
