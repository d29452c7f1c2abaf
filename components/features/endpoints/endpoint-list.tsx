"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsBoolean, useQueryState } from "nuqs";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { EndpointRows } from "./endpoint-rows.tsx";
import { useFleet } from "./use-fleet.ts";

const NewEndpointSheet = dynamic(() => import("./new-endpoint-sheet.tsx").then((file) => file.NewEndpointSheet), {
  ssr: false,
});

/** All endpoints, unhealthy first. What is searched for is in the address, so that a list can be sent to somebody. */
export function EndpointList() {
  const fleet = useFleet();
  const { first, filter, setFilter, environment } = fleet;
  const [adding, setAdding] = useQueryState("new", parseAsBoolean.withDefault(false));
  const refusal = useRefusal("endpoint:write");
  const counts = first.data?.counts ?? [];
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const add = (
    <Button look="filled" refusal={refusal} onClick={() => void setAdding(true)}>
      <Plus aria-hidden /> New endpoint
    </Button>
  );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Endpoints" actions={add} />
      <search className="flex flex-wrap items-center gap-2">
        <SearchInput
          aria-label="Search endpoints by name"
          placeholder="Search by name"
          value={filter.search}
          onChange={(event) => void setFilter({ search: event.target.value || null })}
        />
        {counts.length < 2 && filter.health === null
          ? null
          : counts.map(({ state, count }) => (
              <Chip
                key={state}
                pressed={filter.health === state}
                onPress={() => void setFilter({ health: filter.health === state ? null : state })}
              >
                <StatusIcon status={state} className="size-3.5" /> {state} <span className="text-muted">{count}</span>
              </Chip>
            ))}
      </search>
      {first.data?.metricsUnavailable ? (
        <Banner status="Unknown" title="Requests, errors and latency cannot be shown now.">
          {first.data.metricsUnavailable.why} Health of pods and traffic are shown as they are.
        </Banner>
      ) : null}
      {first.isError ? (
        <Banner
          status="Failing"
          title={first.data === undefined ? "The endpoints could not be read." : "What you see is not renewed now."}
          actions={<Button onClick={() => void first.refetch()}>Try again</Button>}
        >
          {failureOf(first.error).message} Predictions go on.
        </Banner>
      ) : null}
      {first.isPending ? <SkeletonRows rows={8} /> : null}
      {first.data !== undefined && first.data.total > 0 ? (
        <EndpointRows total={first.data.total} fleet={fleet} />
      ) : null}
      {first.data?.total === 0 ? (
        <Card flush>
          {all === 0 ? (
            <EmptyState
              sentence="An endpoint is a stable address whose model versions come and go behind it. There is none yet."
              action={
                <Button onClick={() => void setAdding(true)} refusal={refusal}>
                  New endpoint
                </Button>
              }
              command={`curl -X POST "$SLIPWAY/api/v1/endpoints" -H "Authorization: Bearer $SLIPWAY_TOKEN" -H 'content-type: application/json' -d '{"name":"credit-score","environment":"${environment ?? "local"}"}'`}
            />
          ) : (
            <EmptyState
              sentence="No endpoint is like that."
              action={<Button onClick={() => void setFilter({ search: null, health: null })}>Show all {all}</Button>}
            />
          )}
        </Card>
      ) : null}
      {adding ? (
        <NewEndpointSheet open onOpenChange={(open) => void setAdding(open ? true : null)} environment={environment} />
      ) : null}
    </div>
  );
}
