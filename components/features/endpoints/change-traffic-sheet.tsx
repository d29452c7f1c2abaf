"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { curlOf } from "#components/endpoint/curl.ts";
import type { Endpoint, EndpointRef, Kind, Plan } from "#components/endpoint/endpoint-ref.ts";
import { sharesOf } from "#components/endpoint/plan-words.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { TrafficBar } from "#components/ui/traffic-bar.tsx";
import { revisionLabel } from "#domain/shared/version-label.ts";
import { PlanConflict } from "./plan-conflict.tsx";
import { draftOf, entriesOf, isTouched, onTopOf, remainingPercent, sameEntries } from "./traffic-draft.ts";
import { TrafficFields } from "./traffic-fields.tsx";

type ChangeTrafficSheetProps = Readonly<{
  at: EndpointRef;
  view: Endpoint;
  kind: Kind | undefined;
  onClose: () => void;
}>;

/** Shares as numbers, with what they would do said beside them. What is typed survives a refusal. */
export function ChangeTrafficSheet({ at, view, kind, onClose }: ChangeTrafficSheetProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // What was seen when the sheet opened: a change of somebody else's meanwhile must be refused, not overwritten.
  const [seen, setSeen] = useState({ plan: view.plan?.number ?? 0, entries: view.plan?.entries ?? [] });
  const [lines, setLines] = useState(() => draftOf(seen.entries, view.revisions));
  const [reason, setReason] = useState("");
  const refusal = useRefusal("traffic:write", kind);
  const remaining = remainingPercent(lines);
  const entries = entriesOf(lines);
  const preview = useQuery({
    ...trpc.endpoint.trafficPreview.queryOptions({ ...at, entries: entries ?? [] }),
    enabled: entries !== null,
    placeholderData: keepPreviousData,
  });
  const put = useMutation(
    trpc.endpoint.putTraffic.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.endpoint.pathKey() });
        onClose();
      },
    }),
  );
  const failure = put.error === null ? null : failureOf(put.error);
  const refused = failure?.code === "plan_conflict" ? ((failure.detail.currentPlan ?? null) as Plan | null) : null;
  // One's own change is news too, a moment before its answer.
  const isOurs = put.isPending || put.isSuccess;
  const newer = view.plan !== null && view.plan.number > seen.plan && !isOurs ? view.plan : null;
  const conflict = refused ?? newer;
  const body = { entries: entries ?? [], reason };
  const rebase = (plan: Plan, keep: boolean) => {
    setSeen({ plan: plan.number, entries: plan.entries });
    setLines(keep ? onTopOf(plan.entries, view.revisions, lines) : draftOf(plan.entries, view.revisions));
    put.reset();
  };
  const incomplete =
    remaining === null
      ? "A field holds no share."
      : remaining > 0
        ? `${remaining} % are not given to anybody yet.`
        : remaining < 0
          ? `${-remaining} % too much.`
          : entries === null
            ? "A field holds no share."
            : null;
  // One that failed may be tried again.
  const unchanged =
    entries !== null && view.plan?.status !== "failed" && sameEntries(entries, seen.entries)
      ? "This is how traffic is shared now."
      : null;
  return (
    <Sheet
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      dirty={isTouched(lines, draftOf(seen.entries, view.revisions))}
      title="Change traffic"
      description={`From change #${seen.plan}. Everybody who need not move stays where they are.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="filled"
            busy={put.isPending}
            refusal={refusal ?? incomplete ?? unchanged}
            onClick={() => put.mutate({ ...at, ...body, expectedPlan: seen.plan })}
          >
            Change at once
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {conflict !== null ? (
          <PlanConflict
            plan={conflict}
            among={view.revisions}
            refused={refused !== null}
            onKeep={() => rebase(conflict, true)}
            onDrop={() => rebase(conflict, false)}
          />
        ) : failure !== null ? (
          <Banner
            status="Failing"
            title={failure.code === "offline" ? "It is not known whether it was changed." : "Nothing was changed."}
          >
            {failure.message}
          </Banner>
        ) : null}
        <TrafficFields lines={lines} onChange={setLines} ready={readyOf(view)} />
        <p role="status" className={remaining === 0 ? "text-muted" : "font-medium text-degraded"}>
          {incomplete ?? "Adds to 100 %."}
        </p>
        <div className="grid grid-cols-[48px_1fr] items-start gap-2">
          <span className="text-label text-muted">Now</span>
          <TrafficBar shares={sharesOf(preview.data?.before ?? seen.entries)} among={view.revisions} size="tall" />
          <span className="text-label text-muted">After</span>
          {entries === null ? (
            <span className="text-label text-muted">–</span>
          ) : (
            <TrafficBar
              size="tall"
              among={view.revisions}
              shares={entries
                .filter(({ role }) => role === "live")
                .map((entry) => ({ ...entry, ...namedIn(view, entry.revision) }))}
            />
          )}
        </div>
        {entries === null || preview.data === undefined ? null : (
          <ul className="flex flex-col gap-1">
            {preview.data.moves.map(({ from, to, percent }) => (
              <li key={`${from}-${to}`}>
                {percent} % of users move from {revisionLabel(namedIn(view, from), view.revisions)} to{" "}
                {revisionLabel(namedIn(view, to), view.revisions)}.
              </li>
            ))}
            {preview.data.checks.map(({ kind: what, ok, revision, message }) => (
              <li key={`${what}-${revision}`} className="flex items-start gap-2">
                {ok ? (
                  <Check className="mt-0.5 size-4 shrink-0 text-healthy" aria-label="In order:" />
                ) : (
                  <TriangleAlert className="mt-0.5 size-4 shrink-0 text-degraded" aria-label="Look at this:" />
                )}
                {message}
              </li>
            ))}
          </ul>
        )}
        <Field label="Reason" hint="Stays in the ledger, for whoever asks later.">
          <Textarea value={reason} onChange={(event) => setReason(event.target.value)} rows={2} />
        </Field>
        {entries === null ? null : (
          <div>
            <p className="mb-1 font-medium text-label">The same by command</p>
            <CopyLine
              label="Copy command"
              text={curlOf("PUT", `/endpoints/${at.endpoint}/traffic?environment=${at.environment}`, body, [
                `If-Match: "${seen.plan}"`,
              ])}
            />
          </div>
        )}
      </div>
    </Sheet>
  );
}

const namedIn = (view: Endpoint, revision: number) => {
  const has = (one: { revision: number }) => one.revision === revision;
  const found = view.revisions.find(has) ?? view.plan?.entries.find(has);
  return { revision, model: found?.model ?? "", version: found?.version ?? "?" };
};

const readyOf = (view: Endpoint) =>
  new Map(view.revisions.map(({ revision, readyReplicas }) => [revision, readyReplicas]));
