"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { parseAsString, useQueryStates } from "nuqs";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { AuditRows } from "./audit-rows.tsx";

const PAGE = 50;
const ALL = "*";
const KINDS = ["endpoint", "model", "version", "environment", "cluster", "incident", "person", "token"] as const;

/** Who changed what, when and why. The filter is in the address, so that it can be handed on. */
export function AuditView() {
  const trpc = useTRPC();
  const [filter, setFilter] = useQueryStates(
    { q: parseAsString.withDefault(""), kind: parseAsString },
    { throttleMs: 300 },
  );
  const asked = {
    limit: PAGE,
    ...(filter.q === "" ? {} : { search: filter.q }),
    ...(filter.kind ? { subjectKind: filter.kind } : {}),
  };
  const audit = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(asked, {
      getNextPageParam: ({ nextCursor }) => nextCursor,
      placeholderData: (before) => before,
    }),
  );
  const rows = audit.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Audit">Who changed what, when and why. Nothing here can be edited.</PageHeader>
      <search className="flex flex-wrap gap-2">
        <SearchInput
          aria-label="Search by name, person, verb or reason"
          placeholder="Name, person, verb or reason"
          value={filter.q}
          onChange={(event) => void setFilter({ q: event.target.value })}
        />
        <Select
          aria-label="Kind"
          value={filter.kind ?? ALL}
          onValueChange={(kind) => void setFilter({ kind: kind === ALL ? null : kind })}
          options={[{ value: ALL, label: "Everything" }, ...KINDS.map((kind) => ({ value: kind, label: kind }))]}
          className="w-40"
        />
      </search>
      {audit.isError ? (
        <Banner status="Unknown" title="The audit log cannot be read now.">
          {failureOf(audit.error).message}
        </Banner>
      ) : null}
      {audit.isError && rows.length === 0 ? null : (
        <Card flush>
          {audit.isPending && rows.length === 0 ? <SkeletonRows rows={10} /> : null}
          {audit.isSuccess && rows.length === 0 ? <EmptyState sentence="Nothing matches this filter." /> : null}
          {rows.length > 0 ? <AuditRows rows={rows} /> : null}
          {audit.hasNextPage ? (
            <div className="border-t p-2 text-center">
              <Button look="quiet" busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
                Load more
              </Button>
            </div>
          ) : null}
        </Card>
      )}
    </div>
  );
}
