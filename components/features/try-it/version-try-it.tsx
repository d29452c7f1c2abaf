"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { Unread } from "#components/trpc/unread.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { TryIt } from "./try-it.tsx";

/** Asks a version wherever an endpoint serves it, with or without traffic, and another of its model beside it. */
export function VersionTryIt({ model, version }: { model: string; version: string }) {
  const trpc = useTRPC();
  const read = useQuery(trpc.version.get.queryOptions({ model, version }));
  const serving = useQuery(trpc.endpoint.serving.queryOptions({ model }));
  if (serving.isPending || read.isPending) return <SkeletonRows rows={3} />;
  if (serving.data === undefined) return <Unread query={serving} what="Where this version is live" />;
  const live = serving.data.items.filter(({ role }) => role === "live");
  return (
    <TryIt
      targets={live.filter((entry) => entry.version === version)}
      besides={live}
      whenNone={<EmptyState sentence={whyNone(read.data?.status)} />}
    />
  );
}

/** A version that cannot be served is not to be told to be deployed. */
function whyNone(status: string | undefined): string {
  if (status === "registered" || status === "failed")
    return "This version cannot be served, so there is nothing to ask.";
  return status === "validating"
    ? "This version is still being checked. Once it is deployed, ask it from here."
    : "Deploy this version, then ask it from here.";
}
