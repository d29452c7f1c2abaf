"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Endpoint } from "#components/endpoint/endpoint-ref.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import type { Outputs } from "#components/trpc/outputs.ts";
import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RevisionSwatch } from "#components/ui/revision.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { revisionLabel } from "#domain/shared/version-label.ts";
import type { IncidentDetail } from "./incident-type.ts";
import { tooFewAsked } from "./too-few-asked.ts";
import { useErrorLines } from "./use-error-lines.ts";

type Item = Outputs["endpoint"]["pods"]["items"][number];
const WARNINGS_MAX = 4;

/** The revision to look at: why its pods are not ready, and what they said last. */
export function CauseCard({ incident, among }: { incident: IncidentDetail; among: Endpoint["revisions"] }) {
  const trpc = useTRPC();
  const { endpoint, environment } = incident;
  const pods = useQuery(trpc.endpoint.pods.queryOptions({ endpoint, environment }));
  // Where there is only one, it is to blame.
  const revision = incident.revision ?? (among.length === 1 ? (among[0]?.revision ?? null) : null);
  const known = among.find((one) => one.revision === revision);
  const items = (pods.data?.items ?? []).filter((item) => revision === null || item.revision === revision);
  return (
    <Card
      title="Likely cause"
      actions={
        pods.data?.observedAt == null ? null : (
          <span className="text-label text-muted">
            pods as seen <RelativeTime at={pods.data.observedAt} />
          </span>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {revision === null ? (
          <p className="text-muted">No single revision is to blame.</p>
        ) : (
          <p className="flex items-center gap-2 font-medium">
            <RevisionSwatch revision={revision} />
            {known === undefined ? `r${revision}` : revisionLabel(known, among)}
          </p>
        )}
        {pods.isError ? (
          <p className="text-degraded">The pods cannot be read now. {failureOf(pods.error).message}</p>
        ) : null}
        {pods.isSuccess && items.length === 0 ? (
          <p className="text-muted">It has no pods now, so there is no log of it here any more.</p>
        ) : null}
        {items.map((item) => (
          <OneCause key={item.revision} incident={incident} item={item} />
        ))}
      </div>
    </Card>
  );
}

function OneCause({ incident, item }: { incident: IncidentDetail; item: Item }) {
  const warnings = item.events.filter(({ type }) => type === "Warning").slice(0, WARNINGS_MAX);
  const restarts = item.pods.reduce((sum, pod) => sum + pod.restarts, 0);
  const few = tooFewAsked(incident, item);
  const pod = item.pods.find(({ ready }) => !ready) ?? item.pods[0];
  return (
    <section className="flex flex-col gap-2" aria-label={`r${item.revision}`}>
      <p>
        {item.readyReplicas} of {item.desiredReplicas} {item.desiredReplicas === 1 ? "pod" : "pods"} of r{item.revision}{" "}
        ready
        {restarts === 0 ? "" : `, ${restarts} ${restarts === 1 ? "restart" : "restarts"}`}.
      </p>
      {item.trouble === null ? null : (
        <p className="flex items-start gap-2">
          <StatusIcon status="Degraded" className="mt-0.5" />
          <span>
            <span className="font-medium">{item.trouble.message}</span>{" "}
            <span className="text-muted">{item.trouble.fix}</span>
          </span>
        </p>
      )}
      {few === null ? null : (
        <p className="flex items-start gap-2">
          <StatusIcon status="Degraded" className="mt-0.5" />
          <span>
            <span className="font-medium">{few}</span>{" "}
            <span className="text-muted">
              Deploy it again with more replicas, or ask for fewer ready pods in the endpoint's{" "}
              <Link
                href={`${screenPaths.endpoint(incident.environment, incident.endpoint)}?tab=settings`}
                className="text-accent underline"
              >
                settings
              </Link>
              .
            </span>
          </span>
        </p>
      )}
      {warnings.map((event) => (
        <p key={`${event.object}-${event.reason}-${event.message}`} className="break-words text-muted">
          <span className="font-medium text-degraded">{event.reason}</span> {event.message}
        </p>
      ))}
      {pod === undefined ? null : (
        <LastErrors
          pod={{
            endpoint: incident.endpoint,
            environment: incident.environment,
            revision: item.revision,
            pod: pod.name,
            ended: !pod.ready && pod.restarts > 0,
          }}
        />
      )}
    </section>
  );
}

function LastErrors({ pod }: { pod: Parameters<typeof useErrorLines>[0] & object }) {
  const lines = useErrorLines(pod);
  const told = (words: ReactNode) => <p className="text-muted">{words}</p>;
  if (lines.isPending) return told("Reading its log…");
  if (lines.isError) return told(`Its log cannot be read: ${lines.error.message}`);
  if (lines.data.length === 0) return told(`The log of ${pod.pod} tells of no error.`);
  return (
    <figure>
      <figcaption className="mb-1 text-label text-muted">Last error lines of {pod.pod}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="max-h-60 overflow-auto rounded-control border bg-page p-2 font-mono text-label">
        {lines.data.join("\n")}
      </pre>
    </figure>
  );
}
