"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { parseAsIsoDateTime, useQueryState } from "nuqs";
import type { Endpoint, EndpointRef, Plan } from "#components/endpoint/endpoint-ref.ts";
import { PlanRow } from "#components/endpoint/plan-row.tsx";
import { revisionsWords } from "#components/endpoint/plan-words.ts";
import { useRollbackDialog } from "#components/endpoint/rollback-control.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { clockWords, zoneWords } from "#components/ui/time-words.ts";
import type { Among } from "#domain/shared/version-label.ts";

/** Every change there was, and what was live at any moment. */
export function LedgerTab({ at, among }: { at: EndpointRef; among: Endpoint["revisions"] }) {
  const trpc = useTRPC();
  const plans = useInfiniteQuery(
    trpc.endpoint.plans.infiniteQueryOptions({ ...at, limit: 30 }, { getNextPageParam: (page) => page.nextCursor }),
  );
  const items = plans.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="flex flex-col gap-4">
      <LiveAt at={at} among={among} />
      {plans.isPending ? <SkeletonRows rows={4} /> : null}
      {plans.isError ? (
        <Banner status="Failing" title="The changes could not be read.">
          {failureOf(plans.error).message}
        </Banner>
      ) : null}
      {plans.isSuccess && items.length === 0 ? <EmptyState sentence="Nothing was changed here yet." /> : null}
      {items.length === 0 ? null : (
        <Card flush>
          <ul aria-label="Changes, newest first">
            {items.map((plan, index) => (
              <PlanRow
                key={plan.number}
                plan={plan}
                among={among}
                action={index === 0 ? null : <Restore plan={plan} />}
              />
            ))}
          </ul>
        </Card>
      )}
      {plans.hasNextPage ? (
        <Button className="self-center" busy={plans.isFetchingNextPage} onClick={() => void plans.fetchNextPage()}>
          Earlier changes
        </Button>
      ) : null}
    </div>
  );
}

/** Repeats this very plan; the dialog says what that means. */
function Restore({ plan }: { plan: Plan }) {
  const dialog = useRollbackDialog();
  const refusal = useRefusal("traffic:rollback");
  if (plan.appliedAt === null || plan.entries.length === 0) return null;
  return (
    <Button size="small" look="quiet" refusal={refusal} onClick={() => dialog.open(plan.number)}>
      Restore #{plan.number}
    </Button>
  );
}

/** Answers "what was live last Tuesday at three"; the moment is in the address. */
function LiveAt({ at, among }: { at: EndpointRef; among: Among }) {
  const trpc = useTRPC();
  const [moment, setMoment] = useQueryState("at", parseAsIsoDateTime);
  const asked = useQuery({
    ...trpc.endpoint.plans.queryOptions({ ...at, at: (moment ?? new Date(0)).toISOString() }),
    enabled: moment !== null && moment <= new Date(),
  });
  const change = (text: string) => {
    const next = new Date(text);
    void setMoment(text === "" || Number.isNaN(next.getTime()) ? null : next);
  };
  return (
    <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
      <Field label="What was live at" hint={zoneWords(moment ?? new Date())} className="w-56 max-sm:w-full">
        <Input
          type="datetime-local"
          value={moment === null ? "" : localText(moment)}
          max={localText(new Date())}
          onChange={(event) => change(event.target.value)}
        />
      </Field>
      {moment === null ? null : (
        <p role="status" className="self-center">
          {moment > new Date()
            ? "That moment has not come yet."
            : asked.isError
              ? failureOf(asked.error).message
              : asked.data === undefined
                ? "Looking…"
                : liveWords(moment, asked.data.items[0], asked.data.alsoServing ?? [], among)}
        </p>
      )}
    </div>
  );
}

function liveWords(moment: Date, plan: Plan | undefined, also: readonly Plan[], among: Among): string {
  const when = `${clockWords(moment, new Date())} (${moment.toISOString().slice(0, 16).replace("T", " ")} UTC)`;
  if (plan === undefined) return `Nothing was live at ${when}.`;
  const told = `At ${when}: ${revisionsWords(plan.entries, among)}, by change #${plan.number} of ${plan.decidedBy}.`;
  if (also.length === 0) return told;
  const others = also.map(({ number, entries }) => `#${number} (${revisionsWords(entries, among)})`).join(", ");
  return `${told} Routers were changing over: some may still have served ${others}.`;
}

/** As `datetime-local` wants it: the reader's clock, to the minute. */
const localText = (at: Date): string =>
  new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
