"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Endpoint, EndpointRef, Plan } from "#components/endpoint/endpoint-ref.ts";
import { changeWords, versionsWords } from "#components/endpoint/plan-words.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { clockWords } from "#components/ui/time-words.ts";

const PLANS_SHOWN = 100;

/** The database is older than the cluster: a person says which of the plans it knows holds from now on. */
export function ReassertBanner({ at, view }: { at: EndpointRef; view: Endpoint }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refusal = useRefusal("traffic:rollback");
  const complaint = complaintOf(view);
  const [chosen, setChosen] = useState<string>();
  const plans = useQuery({
    ...trpc.endpoint.plans.queryOptions({ ...at, limit: PLANS_SHOWN }),
    enabled: complaint !== undefined,
  });
  const reassert = useMutation(
    trpc.endpoint.reassert.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.endpoint.pathKey() }),
    }),
  );
  if (complaint === undefined) return null;
  const known = plans.data?.items ?? [];
  const plan = known.find(({ number }) => String(number) === chosen) ?? known[0];
  return (
    <Banner status="Failing" title="The cluster has a newer plan than Slipway's database.">
      <p>
        {complaint.message} Nothing is changed here until you choose which plan holds from now on. It gets a number
        above the cluster's, so that every router takes it.
      </p>
      <div className="mt-3 flex flex-wrap items-end gap-2">
        <Field label="Plan that holds from now on" className="w-120 max-w-full">
          <Select
            value={plan === undefined ? undefined : String(plan.number)}
            onValueChange={setChosen}
            placeholder={plans.isPending ? "Reading the changes…" : "No plan is known"}
            options={known.map((one, index) => ({
              value: String(one.number),
              label: choiceWords(one, index === 0, view),
            }))}
          />
        </Field>
        <Button
          className="max-sm:h-12 max-sm:w-full"
          busy={reassert.isPending}
          refusal={refusal ?? (plans.isPending ? "The changes are being read." : null)}
          // Where it knows none, the newest is nothing at all, and the API says what that means.
          onClick={() => reassert.mutate({ ...at, ...(plan === undefined ? {} : { toPlan: plan.number }) })}
        >
          {plan === undefined ? "Put the database's plan back" : `Put #${plan.number} back`}
        </Button>
      </div>
      {reassert.isError ? <p className="mt-2 text-failing">{failureOf(reassert.error).message}</p> : null}
    </Banner>
  );
}

function complaintOf({ conditions }: Endpoint) {
  const behind = conditions.find(({ type, status }) => type === "DatabaseBehindCluster" && status === "True");
  return behind ?? conditions.find(({ type, reason }) => type === "Published" && reason === "DatabaseBehindCluster");
}

/** "#5, the newest here: v1 90 % · v2 10 % (changed traffic, today 10:20 by ann)" */
function choiceWords(plan: Plan, isNewest: boolean, { revisions }: Endpoint): string {
  const { number, entries, decidedAt, decidedBy } = plan;
  const what = `${changeWords(plan).toLowerCase()} ${clockWords(new Date(decidedAt), new Date())} by ${decidedBy}`;
  return `#${number}${isNewest ? ", the newest here" : ""}: ${versionsWords(entries, revisions)} (${what})`;
}
