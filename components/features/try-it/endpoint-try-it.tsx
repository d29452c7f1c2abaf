"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { Unread } from "#components/trpc/unread.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { TryIt } from "./try-it.tsx";

/** Asks the revisions that an endpoint's routers serve, one or two beside each other. */
export function EndpointTryIt({ endpoint, environment }: { endpoint: string; environment: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.endpoint.get.queryOptions({ endpoint, environment }));
  if (found.isPending) return <SkeletonRows rows={3} />;
  if (found.data === undefined) return <Unread query={found} what="The endpoint" />;
  const { served, plan } = found.data;
  const targets = ((served ?? plan)?.entries ?? [])
    .filter(({ role }) => role === "live")
    .toSorted((a, b) => b.weightPercent - a.weightPercent)
    .map(({ revision, model, version }) => ({ endpoint, environment, revision, model, version }));
  return <TryIt targets={targets} whenNone={<EmptyState sentence="Deploy a version here, then ask it from here." />} />;
}
