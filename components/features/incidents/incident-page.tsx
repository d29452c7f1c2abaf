"use client";

import { useQuery } from "@tanstack/react-query";
import { ChangeProgress } from "#components/endpoint/change-progress.tsx";
import type { Endpoint } from "#components/endpoint/endpoint-ref.ts";
import { PlanRow } from "#components/endpoint/plan-row.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Unread } from "#components/trpc/unread.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { BrokeChart } from "./broke-chart.tsx";
import { CauseCard } from "./cause-card.tsx";
import { HandleCard } from "./handle-card.tsx";
import { IncidentHeader } from "./incident-header.tsx";
import type { IncidentDetail } from "./incident-type.ts";
import { TimelineCard } from "./timeline-card.tsx";

/** From what broke to how to end it, in the order in which one asks at three in the morning. */
export function IncidentPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.incident.get.queryOptions({ incident: id }));
  const failure = query.isError ? failureOf(query.error) : null;
  if (failure !== null && ["not_found", "invalid"].includes(failure.code))
    return (
      <EmptyState
        sentence="There is no such incident."
        action={
          <Button asChild>
            <Link href={screenPaths.incidents}>All incidents</Link>
          </Button>
        }
      />
    );
  if (query.data === undefined && failure === null) return <SkeletonRows rows={8} />;
  return (
    <div className="flex flex-col gap-4 max-sm:pb-20">
      <Unread query={query} what="The incident" />
      {query.data === undefined ? null : <Shown incident={query.data} />}
    </div>
  );
}

function Shown({ incident }: { incident: IncidentDetail }) {
  const trpc = useTRPC();
  const at = { endpoint: incident.endpoint, environment: incident.environment };
  const view = useQuery(trpc.endpoint.get.queryOptions(at)).data;
  // What was never served has nothing to measure: why it was not stands where the chart would.
  const cause = <CauseCard incident={incident} among={view?.revisions ?? []} />;
  return (
    <>
      <IncidentHeader incident={incident} view={view} />
      {view === undefined || !isSince(view.plan?.decidedAt, incident) ? null : <ChangeProgress at={at} view={view} />}
      <div className="grid grid-cols-2 items-start gap-4 max-lg:grid-cols-1">
        {incident.target === null ? cause : <BrokeChart incident={incident} target={incident.target} view={view} />}
        <ChangedBefore incident={incident} among={view?.revisions ?? []} />
      </div>
      {incident.target === null ? null : cause}
      <div className="grid grid-cols-2 items-start gap-4 max-lg:grid-cols-1">
        <TimelineCard incident={incident} />
        <HandleCard incident={incident} />
      </div>
    </>
  );
}

/** What was done about it; the change that brought it is told below. */
const isSince = (decidedAt: string | undefined, { openedAt, resolvedAt }: IncidentDetail): boolean =>
  decidedAt !== undefined && decidedAt > openedAt && (resolvedAt === null || decidedAt < resolvedAt);

function ChangedBefore({ incident, among }: { incident: IncidentDetail; among: Endpoint["revisions"] }) {
  const before = incident.plans.filter((plan) => (plan.firstServedAt ?? plan.decidedAt) <= incident.since);
  const targets = incident.acts.some(
    ({ action, at }) => action === "endpoint.setHealthTargets" && at <= incident.since,
  );
  return (
    <Card title="What changed in the hour before" flush>
      {before.length === 0 ? (
        <p className="px-4 pb-4 text-muted">
          No change of this endpoint. Look at what it depends on: its callers' input, its nodes, its Secrets.
        </p>
      ) : (
        <ul>
          {before.map((plan) => (
            <PlanRow key={plan.number} plan={plan} among={among} />
          ))}
        </ul>
      )}
      {targets ? <p className="border-t px-4 py-2">Its health targets were changed: see the timeline.</p> : null}
    </Card>
  );
}
