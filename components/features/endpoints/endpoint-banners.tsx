"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import type { Endpoint, EndpointRef, Kind } from "#components/endpoint/endpoint-ref.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime, useNow } from "#components/ui/relative-time.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { announce } from "#components/ui/toast.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { ReassertBanner } from "./reassert-banner.tsx";

type EndpointBannersProps = Readonly<{ at: EndpointRef; view: Endpoint; kind: Kind | undefined }>;

const failed = (error: unknown) => announce(failureOf(error).message, { failed: true });

/** What a reader must know before anything else: deletion, an incident, a pin, a restored database, a silent router. */
export function EndpointBanners({ at, view, kind }: EndpointBannersProps) {
  const trpc = useTRPC();
  const refusal = useRefusal("traffic:write", kind);
  const resume = useMutation(trpc.endpoint.resume.mutationOptions({ onError: failed }));
  if (view.deletedAt !== null)
    return (
      <Banner status="Deploying" title="This endpoint is being deleted.">
        Since <RelativeTime at={view.deletedAt} />: routers forget it first, then its pods end. Its changes and charts
        stay.
      </Banner>
    );
  return (
    <>
      <IncidentBanner at={at} />
      {view.pinnedAt === null ? null : (
        <Banner
          status="Unknown"
          title="Pinned: automation is off."
          actions={
            <Button className="max-sm:h-12" busy={resume.isPending} refusal={refusal} onClick={() => resume.mutate(at)}>
              Resume
            </Button>
          }
        >
          {view.plan?.kind === "rollback" ? `${view.plan.decidedBy}'s rollback` : "A rollback"} pinned it{" "}
          <RelativeTime at={view.pinnedAt} />: until somebody resumes it, only people change its traffic. Resume moves
          nobody.
        </Banner>
      )}
      <SilenceBanner view={view} />
      <ReassertBanner at={at} view={view} />
      {view.plan?.routerSilent ? (
        <Banner status="Degraded" title={`Router silent: ${view.plan.routerSilent}`}>
          It may still serve the plan before #{view.plan.number}. Until it answers or its pod is gone, #
          {view.plan.number} cannot be called applied.
        </Banner>
      ) : null}
    </>
  );
}

function SilenceBanner({ view: { silencedUntil } }: Pick<EndpointBannersProps, "view">) {
  const nowMs = useNow();
  if (silencedUntil === null || nowMs === null || Date.parse(silencedUntil) <= nowMs) return null;
  const until = clockWords(new Date(silencedUntil), new Date());
  return (
    <Banner status="Unknown" title={`Silenced until ${until}.`}>
      Nobody is told of new trouble here until then. Somebody can end that on the page of any of its incidents.
    </Banner>
  );
}

function IncidentBanner({ at }: { at: EndpointRef }) {
  const trpc = useTRPC();
  const incidents = useQuery(trpc.incident.list.queryOptions({ ...at, state: "open", limit: 1 }));
  const acknowledge = useMutation(trpc.incident.acknowledge.mutationOptions({ onError: failed }));
  const refusal = useRefusal("incident:write");
  const incident = incidents.data?.items[0];
  if (incident === undefined) return null;
  const isOver = incident.healthyAgainSince !== null;
  return (
    <Banner
      status={isOver ? "Healthy" : incident.severity}
      title={
        <>
          <Link href={screenPaths.incident(incident.id)} className="underline">
            Incident
          </Link>
          , began <RelativeTime at={incident.since} />
        </>
      }
      actions={
        incident.acknowledgedBy === null ? (
          <Button
            className="max-sm:h-12"
            busy={acknowledge.isPending}
            refusal={refusal}
            onClick={() => acknowledge.mutate({ incident: incident.id })}
          >
            Acknowledge
          </Button>
        ) : (
          <span className="text-muted">{incident.acknowledgedBy} has it</span>
        )
      }
    >
      {isOver ? "It was: " : ""}
      {incident.cause}
      {incident.after === null ? "." : `, after change #${incident.after.plan}.`}
      {incident.healthyAgainSince === null ? null : (
        <>
          {" "}
          Healthy again <RelativeTime at={incident.healthyAgainSince} />: it ends by itself when that lasts.
        </>
      )}
    </Banner>
  );
}
