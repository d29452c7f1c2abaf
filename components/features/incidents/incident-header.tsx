"use client";

import { useMutation } from "@tanstack/react-query";
import type { Endpoint } from "#components/endpoint/endpoint-ref.ts";
import { OpenRollback, RollbackControl } from "#components/endpoint/rollback-control.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { useRefusal } from "#components/ui/access.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { useNow } from "#components/ui/relative-time.tsx";
import { StatusBadge, StatusIcon } from "#components/ui/status-badge.tsx";
import { clockWords, durationWords } from "#components/ui/time-words.ts";
import { announce } from "#components/ui/toast.tsx";
import { healthSentence } from "#domain/endpoint/health-words.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { IncidentDetail } from "./incident-type.ts";

type HeaderProps = Readonly<{ incident: IncidentDetail; view: Endpoint | undefined }>;

/** What, how bad, since when, who has it; and the two things to do first. */
export function IncidentHeader({ incident, view }: HeaderProps) {
  const isOpen = incident.state !== "resolved";
  const { endpoint, environment } = incident;
  return (
    <header className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-3 max-sm:grid-cols-1">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <Link href={screenPaths.endpoint(environment, endpoint)} className="font-medium text-accent hover:underline">
            {endpoint}
          </Link>
          <Badge>{environment}</Badge>
          {isOpen ? <StatusBadge status={incident.severity} /> : <StatusBadge status="Healthy" label="Resolved" />}
        </p>
        <h1 className="mt-1 break-words font-semibold text-title">
          <span className="sr-only">{endpoint}: </span>
          {incident.cause}
        </h1>
        <p className="mt-1 text-muted">
          <SinceWords incident={incident} />
        </p>
        {view !== undefined && isToBeHandled(incident, view) ? <HealthNow health={view.health} /> : null}
      </div>
      {isToBeHandled(incident, view) ? (
        <div className="flex flex-wrap items-start justify-end gap-2 max-sm:justify-stretch">
          {isOpen ? <Acknowledge incident={incident} /> : null}
          {view === undefined || view.plan === null ? null : (
            <RollbackControl at={{ endpoint, environment }} view={view} />
          )}
        </div>
      ) : view === undefined ? null : (
        <OpenRollback at={{ endpoint, environment }} view={view} />
      )}
    </header>
  );
}

/** Open; or resolved by somebody although the trouble goes on. */
function isToBeHandled({ resolvedAt, resolvedBy }: IncidentDetail, view: Endpoint | undefined): boolean {
  if (resolvedAt === null) return true;
  const { state, since } = view?.health ?? { state: "Unknown", since: null };
  return (
    resolvedBy !== "Slipway" && (state === "Degraded" || state === "Failing") && since !== null && since < resolvedAt
  );
}

function SinceWords({ incident }: { incident: IncidentDetail }) {
  const nowMs = useNow();
  const clock = (at: string) => clockWords(new Date(at), new Date());
  const { since, resolvedAt, resolvedBy, acknowledgedBy, acknowledgedAt, after, silencedUntil } = incident;
  const lasted = durationWords(
    (resolvedAt === null ? (nowMs ?? Date.now()) : Date.parse(resolvedAt)) - Date.parse(since),
  );
  const change =
    after === null ? "" : `, ${durationWords(Date.parse(since) - Date.parse(after.at))} after change #${after.plan}`;
  const has =
    acknowledgedBy === null || acknowledgedAt === null
      ? "nobody has it yet"
      : `${acknowledgedBy} has it since ${clock(acknowledgedAt)}`;
  if (resolvedAt !== null)
    return `From ${clock(since)} to ${clock(resolvedAt)} (${lasted})${change} · ${resolvedBy === "Slipway" ? "ended by itself" : `resolved by ${resolvedBy ?? "somebody"}`}`;
  const isSilent = silencedUntil !== null && Date.parse(silencedUntil) > (nowMs ?? 0);
  return `Open since ${clock(since)} (${lasted})${change} · ${has}${isSilent ? ` · silenced until ${clock(silencedUntil)}` : ""}`;
}

/** How it does now may differ from what opened the incident. */
const HealthNow = ({ health }: Pick<Endpoint, "health">) => (
  <p className="mt-1 flex items-start gap-2" aria-live="polite">
    <StatusIcon status={health.state} className="mt-0.5 max-sm:mt-1" />
    <span>Now {healthSentence(health, (at) => clockWords(new Date(at), new Date()))}</span>
  </p>
);

function Acknowledge({ incident }: { incident: IncidentDetail }) {
  const trpc = useTRPC();
  const refusal = useRefusal("incident:write");
  const acknowledge = useMutation(
    trpc.incident.acknowledge.mutationOptions({
      onError: (error) => announce(failureOf(error).message, { failed: true }),
    }),
  );
  if (incident.acknowledgedBy !== null) return null;
  return (
    <Button
      className="max-sm:h-12 max-sm:w-full"
      busy={acknowledge.isPending}
      refusal={refusal}
      onClick={() => acknowledge.mutate({ incident: incident.id })}
    >
      Acknowledge
    </Button>
  );
}
