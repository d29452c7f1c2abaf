"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Plus, Search } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";
import { useDeferredValue, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { EndpointRows } from "./endpoint-rows.tsx";

const NewEndpointSheet = dynamic(() => import("./new-endpoint-sheet.tsx").then((file) => file.NewEndpointSheet), {
  ssr: false,
});

/** All endpoints, unhealthy first. Search is in the address, so that a list can be sent to somebody. */
export function EndpointList() {
  const trpc = useTRPC();
  const [environment] = useQueryState("environment");
  const [search, setSearch] = useQueryState(
    "search",
    parseAsString.withDefault("").withOptions({ clearOnDefault: true }),
  );
  const [adding, setAdding] = useState(false);
  const asked = environment === null ? {} : { environment };
  const overview = useQuery({ ...trpc.endpoint.overview.queryOptions(asked), placeholderData: keepPreviousData });
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const all = overview.data?.endpoints ?? [];
  const shown = all.filter(({ name, environment: where }) => `${where}/${name}`.includes(wanted));
  const refusal = useRefusal("endpoint:write");
  const add = (
    <Button look="filled" refusal={refusal} onClick={() => setAdding(true)}>
      <Plus aria-hidden /> New endpoint
    </Button>
  );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Endpoints" actions={add} />
      <div className="relative max-w-80 max-sm:max-w-none">
        <Search
          className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted"
          aria-hidden
        />
        <Input
          type="search"
          aria-label="Search endpoints by name"
          placeholder="Search by name"
          value={search}
          onChange={(event) => void setSearch(event.target.value || null)}
          className="pl-9"
        />
      </div>
      {overview.data?.metricsUnavailable ? (
        <Banner status="Unknown" title="Requests, errors and latency cannot be shown now.">
          {overview.data.metricsUnavailable.why} Health of pods and traffic are shown as they are.
        </Banner>
      ) : null}
      {overview.isError && overview.data === undefined ? (
        <Banner
          status="Failing"
          title="The endpoints could not be read."
          actions={<Button onClick={() => void overview.refetch()}>Try again</Button>}
        >
          {failureOf(overview.error).message} Predictions go on.
        </Banner>
      ) : null}
      {overview.isPending ? <SkeletonRows rows={8} /> : null}
      {shown.length > 0 ? <EndpointRows endpoints={shown} /> : null}
      {overview.data !== undefined && shown.length === 0 ? (
        all.length === 0 ? (
          <EmptyState
            sentence="An endpoint is a stable address whose model versions come and go behind it. There is none yet."
            action={
              <Button onClick={() => setAdding(true)} refusal={refusal}>
                New endpoint
              </Button>
            }
            command={`curl -X POST "$SLIPWAY/api/v1/endpoints" -H "Authorization: Bearer $SLIPWAY_TOKEN" -H 'content-type: application/json' -d '{"name":"credit-score","environment":"${environment ?? "local"}"}'`}
          />
        ) : (
          <EmptyState
            sentence={`No endpoint's name holds "${search}".`}
            action={<Button onClick={() => void setSearch(null)}>Show all</Button>}
          />
        )
      ) : null}
      {adding ? <NewEndpointSheet open onOpenChange={setAdding} environment={environment} /> : null}
    </div>
  );
}
