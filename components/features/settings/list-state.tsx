"use client";

import { failureOf } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

type Listed = Readonly<{
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}>;

/** Loading, failed, or more to load: what stands below the rows of a list. */
export function ListState({ query, what }: { query: Listed; what: string }) {
  if (query.isPending) return <SkeletonRows rows={3} />;
  if (query.isError)
    return (
      <Banner
        status="Unknown"
        title={`Could not load ${what}.`}
        actions={<Button onClick={() => void query.refetch()}>Try again</Button>}
        className="m-4"
      >
        {failureOf(query.error).message}
      </Banner>
    );
  if (!query.hasNextPage) return null;
  return (
    <div className="border-t p-2 text-center">
      <Button look="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Show more
      </Button>
    </div>
  );
}
