"use client";

import dynamic from "next/dynamic";
import { useQueryState } from "nuqs";
import { Fragment, useState } from "react";
import type { Endpoint, EndpointRef, Kind, Metrics, Revision } from "#components/endpoint/endpoint-ref.ts";
import { sharesOf, versionsWords } from "#components/endpoint/plan-words.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { latencyWords, rateWords, ratioWords } from "#components/ui/quantity-words.ts";
import { useNow } from "#components/ui/relative-time.tsx";
import { RevisionStroke, RevisionSwatch } from "#components/ui/revision.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { percent, TrafficBar } from "#components/ui/traffic-bar.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { revisionLabel, versionLabel } from "#domain/shared/version-label.ts";
import { latestOf, refusedWords } from "./words.ts";

const ChangeTrafficSheet = dynamic(() => import("./change-traffic-sheet.tsx").then((file) => file.ChangeTrafficSheet), {
  ssr: false,
});

type TrafficCardProps = Readonly<{
  at: EndpointRef;
  view: Endpoint;
  kind: Kind | undefined;
  metrics: Metrics | undefined;
}>;

/** Who answers now, revision by revision: share, role, pods, and what they make of it. */
export function TrafficCard({ at, view, kind, metrics }: TrafficCardProps) {
  const [open, setOpen] = useQueryState("change");
  const [all, setAll] = useState(false);
  const refusal = useRefusal("traffic:write", kind);
  const entries = entriesNow(view);
  const asked = view.plan?.entries ?? [];
  if (asked.length === 0)
    return (
      <Card title="Traffic">
        <EmptyState
          sentence={view.deletedAt === null ? "Nothing is deployed here yet." : "Nothing is served any more."}
          {...(view.deletedAt === null
            ? {
                action: (
                  <Button asChild>
                    <Link href={screenPaths.models}>Deploy a version</Link>
                  </Button>
                ),
              }
            : {})}
        />
      </Card>
    );
  const order = [...entries, ...asked].map(({ revision }) => revision);
  const inPlan = new Set(order);
  const named = view.revisions
    .filter(({ revision }) => inPlan.has(revision))
    .sort((a, b) => order.indexOf(a.revision) - order.indexOf(b.revision));
  const others = view.revisions.filter(({ revision }) => !inPlan.has(revision));
  const warm = others.filter(({ readyReplicas, desiredReplicas }) => (readyReplicas ?? 0) + (desiredReplicas ?? 0) > 0);
  const shown = [...named, ...(all ? others : warm)];
  return (
    <Card
      title="Traffic"
      flush
      actions={
        <Button size="small" refusal={refusal} onClick={() => void setOpen("traffic")}>
          Change traffic
        </Button>
      }
    >
      <div className="px-4 pt-1 pb-3">
        <TrafficBar shares={sharesOf(entries)} among={view.revisions} size="tall" />
        <NotServed view={view} />
      </div>
      <ul aria-label="Revisions" className="sm:hidden">
        {shown.map((revision) => (
          <PhoneRevision key={revision.revision} revision={revision} view={view} metrics={metrics} />
        ))}
      </ul>
      <div className="max-sm:hidden">
        <Table label="Revisions">
          <TableHead>
            <HeadCell>Revision</HeadCell>
            <HeadCell className="text-right">Share</HeadCell>
            <HeadCell>Role</HeadCell>
            <HeadCell className="text-right">Ready</HeadCell>
            <HeadCell className="text-right">Requests</HeadCell>
            <HeadCell className="text-right">Errors</HeadCell>
            <HeadCell className="text-right">p99</HeadCell>
            <HeadCell className="text-right">GPU</HeadCell>
          </TableHead>
          <tbody>
            {shown.map((revision) => (
              <RevisionRow key={revision.revision} revision={revision} view={view} metrics={metrics} />
            ))}
          </tbody>
        </Table>
      </div>
      {shown.length < view.revisions.length ? (
        <Button look="quiet" size="small" className="m-2" onClick={() => setAll(true)}>
          {view.revisions.length - shown.length} older without pods
        </Button>
      ) : null}
      {open === "traffic" ? (
        <ChangeTrafficSheet at={at} view={view} kind={kind} onClose={() => void setOpen(null)} />
      ) : null}
    </Card>
  );
}

/** Most changes are served before anybody could read that they are not. */
const ON_ITS_WAY_MS = 2_000;

/** What callers meet: of the plan that routers serve, not of one that waits or failed. */
const entriesNow = ({ plan, served }: Endpoint) => (served ?? plan)?.entries ?? [];

function NotServed({ view: { plan, served, revisions } }: Pick<TrafficCardProps, "view">) {
  const nowMs = useNow();
  if (plan === null || served === null || served.number === plan.number || nowMs === null) return null;
  if (plan.status === "pending" && nowMs - Date.parse(plan.decidedAt) < ON_ITS_WAY_MS) return null;
  const words = `#${plan.number} (${versionsWords(plan.entries, revisions)})`;
  return (
    <p className="mt-2 flex items-start gap-2">
      <StatusIcon status={plan.status === "failed" ? "Degraded" : "Deploying"} className="mt-0.5" />
      {plan.status === "failed"
        ? `Change ${words} failed and was never served: #${served.number} goes on answering.`
        : `Change ${words} is not served yet: until it is, #${served.number} answers.`}
    </p>
  );
}

/** Of a revision that answers nobody: whether a change waits for it, or it is only kept. */
const restRole = ({ plan }: Endpoint, revision: number): string =>
  plan?.entries.some((entry) => entry.revision === revision) ? "not served" : "kept for rollback";

type RevisionRowProps = Readonly<{ revision: Revision; view: Endpoint; metrics: Metrics | undefined }>;

function RevisionRow({ revision, view, metrics }: RevisionRowProps) {
  const entry = entriesNow(view).find((one) => one.revision === revision.revision);
  const series = metrics?.revisions.find((one) => one.revision === revision.revision);
  const { trouble, readyReplicas, desiredReplicas, replicas } = revision;
  return (
    <Fragment>
      <Row className={trouble === null ? "" : "border-b-0"}>
        <Cell>
          <span className="flex items-center gap-2 whitespace-nowrap font-medium">
            <RevisionSwatch revision={revision.revision} />
            <span>
              <Link href={screenPaths.version(revision.model, revision.version)} className="hover:underline">
                {versionLabel(revision, view.revisions)}
              </Link>{" "}
              · r{revision.revision}
            </span>
            <RevisionStroke revision={revision.revision} />
          </span>
        </Cell>
        <Cell numeric className="whitespace-nowrap">
          {entry === undefined ? "–" : percent(entry.weightPercent)}
        </Cell>
        <Cell>{entry === undefined ? <Badge>{restRole(view, revision.revision)}</Badge> : entry.role}</Cell>
        <Cell numeric className="whitespace-nowrap">
          {readyReplicas === null ? "not seen yet" : `${readyReplicas}/${desiredReplicas ?? replicas.min}`}
        </Cell>
        <Cell numeric>{rateWords(latestOf(series?.requestsPerSecond))}</Cell>
        <Cell numeric>
          {ratioWords(latestOf(series?.errorRatio))}
          {refusedWords(latestOf(series?.refusedRatio))}
        </Cell>
        <Cell numeric>{latencyWords(latestOf(series?.latencyMsP99))}</Cell>
        <Cell numeric>{ratioWords(latestOf(series?.gpuUtilization))}</Cell>
      </Row>
      {trouble === null ? null : (
        <tr className="border-b last:border-b-0">
          <td colSpan={8} className="px-3 pb-2">
            <span className="flex items-start gap-2">
              <StatusIcon status="Degraded" className="mt-0.5" />
              <span>
                <span className="font-medium">{trouble.message}</span> <span className="text-muted">{trouble.fix}</span>
              </span>
            </span>
          </td>
        </tr>
      )}
    </Fragment>
  );
}

/** Two lines on a phone: who answers how much with how many pods, then how well. */
function PhoneRevision({ revision, view, metrics }: RevisionRowProps) {
  const entry = entriesNow(view).find((one) => one.revision === revision.revision);
  const series = metrics?.revisions.find((one) => one.revision === revision.revision);
  const { trouble, readyReplicas, desiredReplicas, replicas } = revision;
  return (
    <li className="relative border-t px-4 py-2">
      <div className="flex items-center gap-2">
        <RevisionSwatch revision={revision.revision} />
        <Link href={screenPaths.version(revision.model, revision.version)} className="row-target font-medium">
          {revisionLabel(revision, view.revisions)}
        </Link>
        <span className="text-muted">{entry === undefined ? restRole(view, revision.revision) : entry.role}</span>
        <span className="ml-auto whitespace-nowrap font-medium">
          {entry === undefined ? "–" : percent(entry.weightPercent)}
        </span>
      </div>
      <p className="flex flex-wrap gap-x-3 text-label text-muted">
        <span>
          {readyReplicas === null ? "not seen yet" : `${readyReplicas}/${desiredReplicas ?? replicas.min} ready`}
        </span>
        <span>{rateWords(latestOf(series?.requestsPerSecond))} requests</span>
        <span>
          {ratioWords(latestOf(series?.errorRatio))} errors{refusedWords(latestOf(series?.refusedRatio))}
        </span>
        <span>{latencyWords(latestOf(series?.latencyMsP99))} p99</span>
      </p>
      {trouble === null ? null : (
        <p className="mt-1 flex items-start gap-2">
          <StatusIcon status="Degraded" className="mt-1" />
          <span>
            <span className="font-medium">{trouble.message}</span> <span className="text-muted">{trouble.fix}</span>
          </span>
        </p>
      )}
    </li>
  );
}
