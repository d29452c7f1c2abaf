"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { type ReactNode, useEffect, useState } from "react";
import { ChangeProgress } from "#components/endpoint/change-progress.tsx";
import type { Endpoint, EndpointRef, Kind } from "#components/endpoint/endpoint-ref.ts";
import { RollbackControl } from "#components/endpoint/rollback-control.tsx";
import { NOW, useMetrics } from "#components/endpoint/use-metrics.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { useIsFree } from "#components/ui/use-is-free.ts";
import { useJump } from "#components/ui/use-jump.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { ChartsSection } from "./charts-section.tsx";
import { EndpointBanners } from "./endpoint-banners.tsx";
import { EndpointHeader } from "./endpoint-header.tsx";
import { LastChanges } from "./last-changes.tsx";
import { TrafficCard } from "./traffic-card.tsx";
import { useRange } from "./use-range.ts";

const LedgerTab = dynamic(() => import("./ledger-tab.tsx").then((file) => file.LedgerTab), { ssr: false });
const LogsTab = dynamic(() => import("./logs-tab.tsx").then((file) => file.LogsTab), { ssr: false });
const PodsTab = dynamic(() => import("./pods-tab.tsx").then((file) => file.PodsTab), { ssr: false });
const SettingsTab = dynamic(() => import("./settings-tab.tsx").then((file) => file.SettingsTab), { ssr: false });

type EndpointPageProps = EndpointRef & Readonly<{ tryIt?: ReactNode }>;

/** Everything about one endpoint, with Roll back always at the same place. */
export function EndpointPage({ endpoint, environment, tryIt }: EndpointPageProps) {
  const trpc = useTRPC();
  const ref = { endpoint, environment };
  const query = useQuery(trpc.endpoint.get.queryOptions(ref));
  const kind = useQuery(trpc.environment.list.queryOptions({ limit: 200 })).data?.items.find(
    ({ name }) => name === environment,
  )?.kind;
  const failure = query.isError ? failureOf(query.error) : null;
  // Also when it was there before: what is deleted is not shown on.
  if (failure?.code === "not_found")
    return (
      <>
        <PageHeader title={endpoint} />
        <EmptyState
          sentence={`${failure.message} It may have been deleted; its changes are in the audit log.`}
          action={
            <Button asChild>
              <Link href={screenPaths.endpoints}>All endpoints</Link>
            </Button>
          }
        />
      </>
    );
  if (query.data !== undefined) return <Shown at={ref} view={query.data} kind={kind} tryIt={tryIt} />;
  if (failure === null) return <SkeletonRows rows={8} />;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={endpoint} />
      <Banner
        status="Failing"
        title={`${endpoint} could not be read.`}
        actions={<Button onClick={() => void query.refetch()}>Try again</Button>}
      >
        {failure.message} Predictions go on.
      </Banner>
    </div>
  );
}

const TABS = ["pods", "logs", "changes", "try", "settings"] as const;

type ShownProps = Readonly<{ at: EndpointRef; view: Endpoint; kind: Kind | undefined; tryIt: ReactNode }>;

function Shown({ at, view, kind, tryIt }: ShownProps) {
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(TABS).withDefault("pods"));
  const [wanted] = useRange();
  const measured = useMetrics(at, wanted);
  const now = useMetrics(at, NOW);
  // Below the charts: an address that opens one of them shows its upper end first.
  const isFree = useIsFree();
  const later = (content: ReactNode) => (isFree ? content : <SkeletonRows rows={3} />);
  const served = view.plan !== null && view.plan.kind !== "delete";
  const tabs = [
    { value: "pods" as const, label: "Pods and events", content: later(<PodsTab at={at} among={view.revisions} />) },
    {
      value: "logs" as const,
      label: "Logs",
      content: later(<LogsTab at={at} among={view.revisions} blamed={view.health.revision} />),
    },
    { value: "changes" as const, label: "Changes", content: later(<LedgerTab at={at} among={view.revisions} />) },
    ...(tryIt === undefined || !served ? [] : [{ value: "try" as const, label: "Try it", content: later(tryIt) }]),
    { value: "settings" as const, label: "Settings", content: later(<SettingsTab view={view} kind={kind} />) },
  ];
  // The tabs are below all else: who asks for one by address or menu would not see that it came.
  const [more, jump] = useJump<HTMLDivElement>();
  const [arrivedAt] = useState(tab);
  useEffect(() => {
    if (arrivedAt !== "pods") jump();
  }, [arrivedAt, jump]);
  const showSettings = () => {
    void setTab("settings");
    jump();
  };
  const shownTab = tabs.some(({ value }) => value === tab) ? tab : "pods";
  return (
    <div className="flex flex-col gap-4 max-sm:pb-16">
      <EndpointHeader
        view={view}
        kind={kind}
        rollback={<RollbackControl at={at} view={view} />}
        onSettings={showSettings}
      />
      <EndpointBanners at={at} view={view} kind={kind} />
      <ChangeProgress at={at} view={view} />
      <TrafficCard at={at} view={view} kind={kind} metrics={now.blind === null ? now.metrics : undefined} />
      {view.revisions.length === 0 ? null : <ChartsSection at={at} view={view} measured={measured} />}
      <LastChanges at={at} among={view.revisions} />
      <div ref={more} className="scroll-mt-16">
        <Tabs
          label="More about this endpoint"
          value={shownTab}
          onValueChange={(next) => void setTab(next)}
          tabs={tabs}
        />
      </div>
    </div>
  );
}
