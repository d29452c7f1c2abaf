"use client";

import { useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { useNow } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { Attention } from "./attention.tsx";
import { EndpointsCard } from "./endpoints-card.tsx";
import { FirstRun } from "./first-run.tsx";
import type { Overview } from "./overview-type.ts";
import { RecentChanges } from "./recent-changes.tsx";
import { overviewSentence } from "./sentence.ts";

/** Sparklines move without any change that would renew them. */
const RENEW_MS = 30_000;

export function OverviewView() {
  const trpc = useTRPC();
  const [environment] = useQueryState("environment");
  const overview = useQuery({
    ...trpc.endpoint.overview.queryOptions(environment === null ? {} : { environment }),
    refetchInterval: RENEW_MS,
  });
  if (overview.isPending) return <SkeletonRows rows={10} />;
  if (overview.data === undefined) {
    const { message } = failureOf(overview.error);
    return (
      <Banner
        status="Unknown"
        title="The overview cannot be read now."
        actions={<Button onClick={() => void overview.refetch()}>Try again</Button>}
      >
        {message} Predictions go on without it.
      </Banner>
    );
  }
  return <OverviewOf overview={overview.data} environment={environment} />;
}

function OverviewOf({ overview, environment }: { overview: Overview; environment: string | null }) {
  const now = new Date(useNow() ?? overview.at);
  const { endpoints, counts, total } = overview;
  if (total === 0 && environment === null) return <FirstRun overview={overview} />;
  const sentence =
    total === 0
      ? `There is no endpoint in ${environment} yet.`
      : overviewSentence(counts, (at) => clockWords(new Date(at), now));
  return (
    <div className="flex flex-col gap-6">
      <h1 className="font-semibold text-title">{sentence}</h1>
      <Attention endpoints={endpoints} environment={environment} />
      {environment === null ? <FirstRun overview={overview} compact /> : null}
      <EndpointsCard overview={overview} environment={environment} />
      <RecentChanges changes={overview.recentChanges} />
    </div>
  );
}
