"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Circle, LoaderCircle, X } from "lucide-react";
import { Fragment } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { useNow } from "#components/ui/relative-time.tsx";
import { secondWords } from "#components/ui/time-words.ts";
import { announce } from "#components/ui/toast.tsx";
import type { Endpoint, EndpointRef, Plan } from "./endpoint-ref.ts";
import { changeWords, versionsWords } from "./plan-words.ts";
import { type Step, stepsOf, undoTargetOf } from "./progress-steps.ts";
import { useRollbackDialog } from "./rollback-control.tsx";

/** So long the newest change stays in sight after it is applied; then the ledger has it. */
const SHOWN_MS = 15 * 60_000;
const LOOK_BACK = 20;

/** How far the newest change is, and the way back from it. */
export function ChangeProgress({ at, view }: { at: EndpointRef; view: Endpoint }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const nowMs = useNow();
  const { plan } = view;
  const plans = useQuery({ ...trpc.endpoint.plans.queryOptions({ ...at, limit: LOOK_BACK }), enabled: plan !== null });
  const refusal = useRefusal("traffic:rollback");
  const dialog = useRollbackDialog();
  const undo = useMutation(
    trpc.endpoint.rollback.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.endpoint.pathKey() }),
      onError: (error) => announce(failureOf(error).message, { failed: true }),
    }),
  );
  const target = plan === null ? null : undoTargetOf(plan, plans.data?.items ?? []);
  const preview = useQuery({
    ...trpc.endpoint.rollbackPreview.queryOptions({ ...at, toPlan: target?.number ?? 0 }),
    enabled: target !== null,
  });
  // Back into what is known to have failed goes nobody by a slip of the thumb; nor where that is not known yet.
  const isSafe = preview.data?.target?.missedTargets === false;
  if (plan === null || plan.kind === "delete" || nowMs === null) return null;
  const old = plan.appliedAt !== null && nowMs - Date.parse(plan.appliedAt) > SHOWN_MS;
  if (old) return null;
  return (
    <section
      aria-label={`Progress of change #${plan.number}`}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-card border bg-surface px-4 py-2"
    >
      <p className="font-medium">
        #{plan.number} {changeWords(plan)}
      </p>
      <ol aria-live="polite" className="flex flex-wrap items-center gap-2">
        {stepsOf(plan, view.revisions).map((step, index) => (
          <Fragment key={step.name}>
            {index === 0 ? null : (
              <li aria-hidden="true" className="text-muted">
                →
              </li>
            )}
            <StepMark step={step} />
          </Fragment>
        ))}
      </ol>
      {plan.appliedAt === null ? null : (
        <p
          className="text-muted"
          title="Every router has proven that it serves only what this change names; a revision it excludes answers nobody."
        >
          {proofWords(plan, view)} since {secondWords(new Date(plan.appliedAt))}
        </p>
      )}
      {plan.failure === null ? null : <p className="text-failing">{plan.failure}</p>}
      {target === null ? null : (
        <Button
          size="small"
          className="ml-auto max-w-full max-sm:ml-0 max-sm:h-auto max-sm:min-h-12 max-sm:w-full max-sm:whitespace-normal max-sm:py-1"
          busy={undo.isPending}
          refusal={refusal}
          onClick={() =>
            isSafe
              ? undo.mutate({ ...at, toPlan: target.number, reason: `Undo of #${plan.number}` })
              : dialog.open(target.number)
          }
        >
          Undo: back to #{target.number} ({versionsWords(target.entries, view.revisions)})
        </Button>
      )}
    </section>
  );
}

/** What is proven is where answers come from. Beside a version that fails, "0 wrong answers" would be read as praise. */
const proofWords = ({ kind }: Plan, { health }: Endpoint): string =>
  (health.state === "Degraded" || health.state === "Failing") && kind !== "rollback"
    ? "Every answer follows this change"
    : "0 wrong answers";

const MARKS = { done: Check, now: LoaderCircle, ahead: Circle, failed: X } as const;
const COLOURS = { done: "text-ink", now: "text-deploying", ahead: "text-muted", failed: "text-failing" } as const;
const SPOKEN = { done: "done", now: "under way", ahead: "to come", failed: "failed" } as const;

function StepMark({ step }: { step: Step }) {
  const Mark = MARKS[step.state];
  return (
    <li className={classNames("flex items-center gap-1 whitespace-nowrap", COLOURS[step.state])}>
      <Mark className={classNames("size-4", step.state === "now" && "motion-safe:animate-spin")} aria-hidden />
      {step.name}
      <span className="sr-only">, {SPOKEN[step.state]}</span>
    </li>
  );
}
