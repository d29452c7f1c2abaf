"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsBoolean, parseAsStringLiteral, useQueryState } from "nuqs";
import type { ReactNode } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Unread } from "#components/trpc/unread.tsx";
import { useRefusal } from "#components/ui/access.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { MarkdownText } from "#components/ui/markdown.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { Facts, type Version } from "./facts.tsx";
import { Lineage } from "./lineage.tsx";
import { MetricsCard } from "./metrics-card.tsx";
import { SignatureTable } from "./signature-table.tsx";
import { type Serving, UseIt } from "./use-it.tsx";
import { WhereLive } from "./where-live.tsx";

const DeploySheet = dynamic(() => import("./deploy-sheet.tsx").then((file) => file.DeploySheet), { ssr: false });

const GraphTab = dynamic(() => import("./graph-tab.tsx").then((file) => file.GraphTab), {
  ssr: false,
  loading: () => <SkeletonRows rows={6} />,
});

type VersionProps = Readonly<{ model: string; version: string; tryIt: ReactNode }>;

export function VersionView({ model, version: number, tryIt }: VersionProps) {
  const trpc = useTRPC();
  const refusal = useRefusal("endpoint:write");
  const [deploying, setDeploying] = useQueryState("deploy", parseAsBoolean.withDefault(false));
  const version = useQuery(trpc.version.get.queryOptions({ model, version: number }));
  const found = useQuery(trpc.endpoint.serving.queryOptions({ model }));
  // Undefined: not known, which is not nowhere.
  const serving = found.data?.items.filter((entry) => entry.version === number);
  const refused = version.isError ? failureOf(version.error) : null;
  if (refused !== null && (version.data === undefined || refused.code === "not_found"))
    return (
      <div className="flex flex-col gap-4">
        <PageHeader title={`${model} v${number}`} />
        <Banner
          status="Unknown"
          title={refused.message}
          actions={
            <Link href={screenPaths.model(model)} className="text-accent underline">
              All versions
            </Link>
          }
        />
      </div>
    );
  if (version.data === undefined) return <SkeletonRows rows={8} />;
  const { status, failure, signature } = version.data;
  const why = refusal ?? (status === "ready" ? null : `This version is ${status} and cannot be deployed.`);
  const deploy = (
    <Button look="filled" onClick={() => void setDeploying(true)} refusal={why}>
      Deploy
    </Button>
  );
  return (
    <div className="flex flex-col gap-4 max-sm:pb-16">
      <PageHeader
        title={
          <>
            <Link href={screenPaths.model(model)} className="hover:underline">
              {model}
            </Link>{" "}
            v{number}
          </>
        }
        beside={
          <>
            {version.data.aliases.map((alias) => (
              <Badge key={alias} tone="accent">
                {alias}
              </Badge>
            ))}
            <Badge tone={status === "ready" ? "neutral" : "warning"}>{status}</Badge>
          </>
        }
        actions={<div className="max-sm:hidden">{deploy}</div>}
      >
        {found.isPending ? null : <LiveWords serving={serving} />} Registered by {version.data.createdBy},{" "}
        <RelativeTime at={version.data.createdAt} />.
      </PageHeader>
      <Unread query={version} what="The version" />
      {failure ? (
        <Banner status="Degraded" title={`v${number} is ${status} and cannot be served.`}>
          {failure}
        </Banner>
      ) : null}
      <div className="grid items-start gap-4 lg:grid-cols-[2fr_3fr]">
        {signature ? (
          <Card title="Signature" flush>
            <SignatureTable signature={signature} exampleInput={version.data.exampleInput} />
          </Card>
        ) : null}
        <Card title="Try it">{tryIt}</Card>
      </div>
      <Metrics version={version.data} />
      <Details
        version={version.data}
        serving={serving}
        unread={<Unread query={found} what="Where this version is live" />}
      />
      <div className="fixed inset-x-0 bottom-14 z-20 border-t bg-surface p-2 sm:hidden [&>button]:w-full">{deploy}</div>
      {deploying && why === null && !found.isPending ? (
        <DeploySheet version={version.data} serving={found.data?.items} onClose={() => void setDeploying(null)} />
      ) : null}
    </div>
  );
}

function LiveWords({ serving }: { serving: readonly Serving[] | undefined }) {
  if (serving === undefined) return <>Where it is live is not known now.</>;
  const live = serving.filter(({ role, weightPercent }) => role === "live" && weightPercent > 0);
  if (live.length === 0) return <>Not live.</>;
  return (
    <>
      Live on{" "}
      {live.map(({ endpoint, environment }, index) => (
        <span key={`${environment}/${endpoint}`}>
          {index > 0 ? ", " : ""}
          <Link href={screenPaths.endpoint(environment, endpoint)} className="text-accent underline">
            {endpoint}
          </Link>
        </span>
      ))}
      .
    </>
  );
}

function Metrics({ version }: { version: Version }) {
  const trpc = useTRPC();
  const model = useQuery(trpc.model.get.queryOptions({ model: version.model }));
  const number = model.data?.aliases.champion;
  const champion = useQuery({
    ...trpc.version.get.queryOptions({ model: version.model, version: number ?? "" }),
    enabled: number !== undefined && number !== version.version,
  });
  // Its own answer lies in the cache even where nothing is asked.
  return <MetricsCard version={version} champion={number === version.version ? undefined : champion.data} />;
}

const TABS = ["card", "facts", "graph", "lineage", "live", "use"] as const;

type DetailsProps = Readonly<{ version: Version; serving: readonly Serving[] | undefined; unread: ReactNode }>;

function Details({ version, serving, unread }: DetailsProps) {
  const hasCard = version.description !== "";
  const [chosen, setTab] = useQueryState("tab", parseAsStringLiteral(TABS));
  const tab = chosen === null || (chosen === "card" && !hasCard) ? (hasCard ? "card" : "facts") : chosen;
  return (
    <Card>
      <Tabs
        label="About this version"
        value={tab}
        onValueChange={(next) => void setTab(next)}
        tabs={[
          ...(hasCard
            ? [{ value: "card" as const, label: "Card", content: <MarkdownText text={version.description} /> }]
            : []),
          { value: "facts", label: "Facts", content: <Facts version={version} /> },
          { value: "graph", label: "Graph", content: <GraphTab version={version} /> },
          { value: "lineage", label: "Lineage", content: <Lineage version={version} /> },
          {
            value: "live",
            label: "Where live",
            content: serving === undefined ? unread : <WhereLive serving={serving} />,
          },
          { value: "use", label: "Use it", content: <UseIt version={version} places={serving} /> },
        ]}
      />
    </Card>
  );
}
