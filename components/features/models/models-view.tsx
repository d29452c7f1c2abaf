"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsBoolean, parseAsString, useQueryState, useQueryStates } from "nuqs";
import { useDeferredValue, useEffect, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { ModelRows } from "./model-rows.tsx";

const PAGE = 50;
const COMMAND = 'curl -T model.onnx "$SLIPWAY/api/v1/artifacts" -H "Authorization: Bearer $SLIPWAY_TOKEN"';

const RegisterVersion = dynamic(() => import("./register-version.tsx").then((file) => file.RegisterVersion), {
  ssr: false,
});

export function ModelsView() {
  const trpc = useTRPC();
  const [invited, setInvited] = useQueryState("register", parseAsBoolean.withDefault(false));
  const [registering, setRegistering] = useState(invited);
  // A link may open the form; who comes back to this page later has not asked for it again.
  useEffect(() => {
    if (invited) void setInvited(null);
  }, [invited, setInvited]);
  const [filter, setFilter] = useQueryStates({ search: parseAsString.withDefault(""), tag: parseAsString });
  const search = useDeferredValue(filter.search.trim());
  const asked = {
    limit: PAGE,
    ...(search === "" ? {} : { search }),
    ...(filter.tag === null ? {} : { tag: filter.tag }),
  };
  const models = useInfiniteQuery(
    trpc.model.list.infiniteQueryOptions(asked, {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  );
  const rows = models.data?.pages.flatMap(({ items }) => items) ?? [];
  const filtered = search !== "" || filter.tag !== null;
  const refusal = useRefusal("model:write");
  const register = (
    <Button look="filled" onClick={() => setRegistering(true)} refusal={refusal}>
      Register version
    </Button>
  );
  const isEmpty = models.isSuccess && rows.length === 0 && !filtered;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Models" actions={isEmpty ? null : register} />
      {isEmpty ? null : (
        <div className="flex flex-wrap items-center gap-2">
          <SearchInput
            aria-label="Search models by name"
            placeholder="Search by name"
            maxLength={120}
            value={filter.search}
            onChange={(event) => void setFilter({ search: event.target.value || null })}
          />
          {filter.tag === null ? null : (
            <Chip onRemove={() => void setFilter({ tag: null })} removeLabel={`Show all, not only ${filter.tag}`}>
              {filter.tag}
            </Chip>
          )}
        </div>
      )}
      {models.isError ? (
        <Banner status="Unknown" title="The models cannot be shown.">
          {failureOf(models.error).message}
        </Banner>
      ) : null}
      <Card flush>
        {models.isPending ? <SkeletonRows /> : null}
        {isEmpty ? (
          <EmptyState
            sentence="A model is a name with numbered versions. Register an ONNX file, and Slipway reads its inputs and outputs out of it."
            action={register}
            command={COMMAND}
            sample={
              <Link href="/api/v1/openapi.json" className="text-accent underline">
                All calls as OpenAPI
              </Link>
            }
          />
        ) : null}
        {models.isSuccess && rows.length === 0 && filtered ? (
          <EmptyState
            sentence="No model is called that."
            action={<Button onClick={() => void setFilter({ search: null, tag: null })}>Show all models</Button>}
          />
        ) : null}
        {rows.length > 0 ? <ModelRows models={rows} onTag={(tag) => void setFilter({ tag })} /> : null}
      </Card>
      {models.hasNextPage ? (
        <Button className="self-center" busy={models.isFetchingNextPage} onClick={() => void models.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
      {registering && refusal === null ? <RegisterVersion open onOpenChange={setRegistering} model={null} /> : null}
    </div>
  );
}
