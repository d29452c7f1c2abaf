"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import type { Endpoint, EndpointRef } from "#components/endpoint/endpoint-ref.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { Unread } from "#components/trpc/unread.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { revisionLabel } from "#domain/shared/version-label.ts";
import { LogView } from "./log-view.tsx";

type LogsTabProps = Readonly<{
  at: EndpointRef;
  among: Endpoint["revisions"];
  /** The revision that misses its targets; null: none does. */
  blamed: number | null;
}>;

/** One pod's log, chosen by address: first the one that is in trouble. */
export function LogsTab({ at, among, blamed }: LogsTabProps) {
  const trpc = useTRPC();
  const pods = useQuery(trpc.endpoint.pods.queryOptions(at));
  const [wanted, setWanted] = useQueryState("pod", parseAsString);
  const [read, setRead] = useState<string | null>(null);
  if (pods.isPending) return <SkeletonRows rows={4} />;
  const unread = <Unread query={pods} what="The pods" />;
  if (pods.data === undefined) return unread;
  const all = pods.data.items.flatMap((item) => item.pods.map((pod) => ({ item, pod })));
  const named = (name: string | null) => all.find(({ pod }) => pod.name === name);
  const shown =
    named(wanted) ??
    named(read) ??
    all.find(({ item, pod }) => item.revision === blamed && !pod.ready && !pod.terminating) ??
    all.find(({ pod }) => !pod.ready && !pod.terminating) ??
    all.find(({ item, pod }) => item.revision === blamed && !pod.terminating) ??
    all[0];
  if (shown === undefined) return <EmptyState sentence="No revision has pods, so nothing writes a log." />;
  const { item, pod } = shown;
  // What is read stays, whichever pod is in trouble next.
  if (pod.name !== read) setRead(pod.name);
  const place = { revision: item.revision, pod: pod.name, containers: pod.containers, restarted: pod.restarts > 0 };
  return (
    <div className="flex flex-col gap-3">
      {unread}
      {wanted === null || wanted === pod.name ? null : (
        <p className="text-muted">Pod {wanted} is gone, and its log with it.</p>
      )}
      <Field label="Pod">
        <Select
          value={pod.name}
          onValueChange={(name) => void setWanted(name)}
          options={all.map((one) => ({
            value: one.pod.name,
            label: `${revisionLabel(one.item, among)} · ${one.pod.name}${one.pod.ready ? "" : " · not ready"}`,
          }))}
        />
      </Field>
      {pod.trouble === null ? null : (
        <Banner status="Degraded" title={pod.trouble.message}>
          {pod.trouble.fix}
        </Banner>
      )}
      <LogView key={pod.name} at={at} place={place} className="h-120" />
    </div>
  );
}
