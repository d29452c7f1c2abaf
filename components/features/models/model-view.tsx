"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsArrayOf, parseAsInteger, useQueryState } from "nuqs";
import { type ReactNode, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Unread } from "#components/trpc/unread.tsx";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { MarkdownText } from "#components/ui/markdown.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RevisionSwatch } from "#components/ui/revision.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { percent } from "#components/ui/traffic-bar.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { revisionLabel } from "#domain/shared/version-label.ts";
import { AliasChips } from "./alias-chips.tsx";
import { MetricCharts } from "./metric-charts.tsx";
import { ModelEvents } from "./model-events.tsx";
import { ModelLineage } from "./model-lineage.tsx";
import { type Champion, type Serving, type Version, VersionsTable } from "./versions-table.tsx";

const RegisterVersion = dynamic(() => import("./register-version.tsx").then((file) => file.RegisterVersion), {
  ssr: false,
});

const CompareVersions = dynamic(() => import("./compare-versions.tsx").then((file) => file.CompareVersions), {
  ssr: false,
});

const PAGE = 50;
const COMPARED = 2;

export function ModelView({ model: name }: { model: string }) {
  const trpc = useTRPC();
  const [registering, setRegistering] = useState(false);
  const [compared, setCompared] = useQueryState("compare", parseAsArrayOf(parseAsInteger));
  const [older, newer] = compared ?? [];
  const refusal = useRefusal("model:write");
  const model = useQuery(trpc.model.get.queryOptions({ model: name }));
  const serving = useQuery(trpc.endpoint.serving.queryOptions({ model: name }));
  const versions = useInfiniteQuery(
    trpc.version.list.infiniteQueryOptions(
      { model: name, limit: PAGE },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
  );
  const rows = versions.data?.pages.flatMap(({ items }) => items) ?? [];
  const champion = useChampion(name, model.data?.aliases.champion, rows);
  const here = serving.data?.items ?? [];
  const register = (
    <Button look="filled" onClick={() => setRegistering(true)} refusal={refusal}>
      Register version
    </Button>
  );
  const refused = model.isError ? failureOf(model.error) : null;
  if (refused !== null && (model.data === undefined || refused.code === "not_found"))
    return (
      <div className="flex flex-col gap-4">
        <PageHeader title={name} />
        <Banner
          status="Unknown"
          title={refused.message}
          actions={
            <Link href={screenPaths.models} className="text-accent underline">
              All models
            </Link>
          }
        />
      </div>
    );
  if (model.data === undefined) return <SkeletonRows rows={8} />;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={name}
        beside={model.data.tags.map((tag) => (
          <Link key={tag} href={`${screenPaths.models}?tag=${encodeURIComponent(tag)}`}>
            <Chip>{tag}</Chip>
          </Link>
        ))}
        actions={rows.length > 0 ? register : null}
      >
        Owned by {model.data.createdBy}, made <RelativeTime at={model.data.createdAt} />
      </PageHeader>
      <Unread query={model} what="The model" />
      <AliasChips model={name} aliases={model.data.aliases} latest={rows[0]?.version} />
      {serving.data === undefined ? <Unread query={serving} what="Where it is live" /> : null}
      {here.length > 0 ? <LiveNow serving={here} /> : null}
      <Versions
        rows={rows}
        serving={here}
        champion={champion}
        pending={versions.isPending}
        whenNone={
          versions.isSuccess ? (
            <EmptyState sentence="This model has no version yet: register its first file." action={register} />
          ) : (
            <Unread query={versions} what="The list" />
          )
        }
        onCompare={(pair) => void setCompared([...pair])}
      />
      {versions.hasNextPage ? (
        <Button
          className="self-center"
          busy={versions.isFetchingNextPage}
          onClick={() => void versions.fetchNextPage()}
        >
          Show older versions
        </Button>
      ) : null}
      <MetricCharts versions={rows} />
      <div className="flex flex-wrap items-start gap-4">
        {model.data.description === "" ? null : (
          <Card title="Card" className="flex-1 basis-120 max-sm:basis-full">
            <MarkdownText text={model.data.description} />
          </Card>
        )}
        <div className="flex min-w-0 flex-1 basis-80 flex-col gap-4 max-sm:basis-full">
          <ModelLineage versions={rows} />
          <ModelEvents model={name} />
        </div>
      </div>
      {older !== undefined && newer !== undefined ? (
        <CompareVersions
          model={name}
          older={String(Math.min(older, newer))}
          newer={String(Math.max(older, newer))}
          serving={here}
          onClose={() => void setCompared(null)}
        />
      ) : null}
      {registering ? <RegisterVersion open onOpenChange={setRegistering} model={name} /> : null}
    </div>
  );
}

type VersionsProps = Readonly<{
  rows: readonly Version[];
  serving: readonly Serving[];
  champion: Champion;
  pending: boolean;
  whenNone: ReactNode;
  onCompare: (pair: readonly [number, number]) => void;
}>;

/** Held against by all, also where it is older than what is listed. */
function useChampion(model: string, version: string | undefined, rows: readonly Version[]): Champion {
  const trpc = useTRPC();
  const listed = rows.find((row) => row.version === version);
  const found = useQuery({
    ...trpc.version.get.queryOptions({ model, version: version ?? "" }),
    enabled: version !== undefined && listed === undefined && rows.length > 0,
  });
  return listed ?? (version === undefined ? undefined : found.data);
}

function Versions({ rows, serving, champion, pending, whenNone, onCompare }: VersionsProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [first, second] = chosen.map(Number);
  const onChoose = (version: string, isChosen: boolean) =>
    // A third takes the place of the one chosen first.
    setChosen((before) =>
      isChosen ? [...before, version].slice(-COMPARED) : before.filter((other) => other !== version),
    );
  return (
    <Card
      title="Versions"
      flush
      actions={
        <Button
          size="small"
          refusal={second === undefined ? "Choose two versions first." : null}
          onClick={() => (first === undefined || second === undefined ? undefined : onCompare([first, second]))}
        >
          {second === undefined ? "Compare" : `Compare v${chosen.join(" and v")}`}
        </Button>
      }
    >
      {pending ? <SkeletonRows /> : null}
      {!pending && rows.length === 0 ? whenNone : null}
      {rows.length > 0 ? (
        <VersionsTable versions={rows} serving={serving} champion={champion} chosen={chosen} onChoose={onChoose} />
      ) : null}
    </Card>
  );
}

const LiveNow = ({ serving }: { serving: readonly Serving[] }) => (
  <Card title="Live now" flush>
    <ul>
      {serving.map((entry) => (
        <li
          key={`${entry.environment}/${entry.endpoint}/${entry.revision}`}
          className="relative flex min-h-row flex-wrap items-center gap-x-4 border-b px-4 py-1 last:border-b-0"
        >
          <Link
            href={screenPaths.endpoint(entry.environment, entry.endpoint)}
            className="row-target min-w-40 font-medium hover:underline"
          >
            {entry.endpoint}
          </Link>
          <span className="min-w-24 text-muted">{entry.environment}</span>
          <span className="inline-flex min-w-24 items-center gap-2">
            <RevisionSwatch revision={entry.revision} />
            {revisionLabel(entry, serving)}
          </span>
          <span>
            {entry.role === "shadow" ? `shadow of ${percent(entry.weightPercent)}` : percent(entry.weightPercent)}
          </span>
        </li>
      ))}
    </ul>
  </Card>
);
