"use client";

import { useQuery } from "@tanstack/react-query";
import type { Endpoint, EndpointRef } from "#components/endpoint/endpoint-ref.ts";
import { PlanRow } from "#components/endpoint/plan-row.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Card } from "#components/ui/card.tsx";

/** For a phone, where the ledger is further down. */
export function LastChanges({ at, among }: { at: EndpointRef; among: Endpoint["revisions"] }) {
  const trpc = useTRPC();
  const plans = useQuery(trpc.endpoint.plans.queryOptions({ ...at, limit: 3 })).data?.items ?? [];
  if (plans.length === 0) return null;
  return (
    <Card title="Last changes" flush className="sm:hidden">
      <ul>
        {plans.map((plan) => (
          <PlanRow key={plan.number} plan={plan} among={among} />
        ))}
      </ul>
    </Card>
  );
}
