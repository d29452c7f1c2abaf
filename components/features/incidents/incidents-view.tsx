"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime, useNow } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { durationWords } from "#components/ui/time-words.ts";
import { causeWords } from "#domain/incident/words.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { Incident } from "./incident-type.ts";

const PAGE = 50;
const STATES = ["all", "open", "resolved"] as const;
const STATE_WORDS = { all: "All", open: "Open", resolved: "Resolved" } as const;

/** Every time an endpoint missed its targets for long: open ones first. The filter is in the address. */
export function IncidentsView() {
  const trpc = useTRPC();
  const [{ state, environment, endpoint }, setFilter] = useQueryStates({
    state: parseAsStringLiteral(STATES).withDefault("all"),
    environment: parseAsString,
    endpoint: parseAsString,
  });
  const asked = {
    state,
    limit: PAGE,
    ...(environment === null ? {} : { environment }),
    ...(endpoint === null ? {} : { endpoint }),
  };
  const incidents = useInfiniteQuery(
    trpc.incident.list.infiniteQueryOptions(asked, {
      getNextPageParam: ({ nextCursor }) => nextCursor,
      placeholderData: (before) => before,
    }),
  );
  const items = incidents.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = state !== "all" || endpoint !== null || environment !== null;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Incidents">
        Times when an endpoint missed its health targets for two minutes or longer.
      </PageHeader>
      <search className="flex flex-wrap items-center gap-2" aria-label="Filter">
        {STATES.map((one) => (
          <Chip
            key={one}
            pressed={state === one}
            onPress={() => void setFilter({ state: one })}
            className="max-sm:h-12"
          >
            {STATE_WORDS[one]}
          </Chip>
        ))}
        {endpoint === null ? null : (
          <Chip onRemove={() => void setFilter({ endpoint: null })} removeLabel="Show every endpoint">
            endpoint {endpoint}
          </Chip>
        )}
      </search>
      {incidents.isError ? (
        <Banner
          status="Unknown"
          title={
            items.length === 0 ? "The incidents cannot be read now." : "This list is old: it cannot be renewed now."
          }
          actions={<Button onClick={() => void incidents.refetch()}>Try again</Button>}
        >
          {failureOf(incidents.error).message} Whether something is wrong is not known from here; predictions go on.
        </Banner>
      ) : null}
      {incidents.isError && items.length === 0 ? null : (
        <Card flush>
          {incidents.isPending ? <SkeletonRows rows={6} /> : null}
          {incidents.isSuccess && items.length === 0 ? (
            <EmptyState
              sentence={filtered ? "No incident matches this filter." : "There was no incident yet."}
              {...(filtered
                ? {
                    action: (
                      <Button onClick={() => void setFilter({ state: null, endpoint: null, environment: null })}>
                        Show all
                      </Button>
                    ),
                  }
                : {})}
            />
          ) : null}
          {items.length === 0 ? null : (
            <ul aria-label="Incidents, open ones first">
              {items.map((incident) => (
                <IncidentRow key={incident.id} incident={incident} />
              ))}
            </ul>
          )}
          {incidents.hasNextPage ? (
            <div className="border-t p-2 text-center">
              <Button look="quiet" busy={incidents.isFetchingNextPage} onClick={() => void incidents.fetchNextPage()}>
                Earlier incidents
              </Button>
            </div>
          ) : null}
        </Card>
      )}
    </div>
  );
}

function IncidentRow({ incident }: { incident: Incident }) {
  const isOpen = incident.state !== "resolved";
  return (
    <li className="relative flex min-h-12 items-start gap-3 border-b px-4 py-2 last:border-b-0 hover:bg-hover">
      <StatusIcon
        status={isOpen && incident.healthyAgainSince === null ? incident.severity : "Healthy"}
        className="mt-0.5"
      />
      <div className="min-w-0 flex-1">
        <p className="break-words">
          <Link
            href={screenPaths.incident(incident.id)}
            // The whole row leads there; the name is what is read of it.
            className="font-medium after:absolute after:inset-0 hover:underline"
          >
            {incident.endpoint}
          </Link>{" "}
          <span className="text-muted">{incident.environment}</span> · {causeWords(incident)}
        </p>
        <p className="text-label text-muted">
          <span className="sr-only">{isOpen ? incident.severity : "Resolved"}. </span>
          <RelativeTime at={incident.since} /> · <Lasted incident={incident} /> · {whoWords(incident)}
        </p>
      </div>
    </li>
  );
}

function Lasted({ incident: { since, resolvedAt } }: { incident: Incident }) {
  const nowMs = useNow();
  if (resolvedAt === null) return nowMs === null ? "open" : `open for ${durationWords(nowMs - Date.parse(since))}`;
  return `lasted ${durationWords(Date.parse(resolvedAt) - Date.parse(since))}`;
}

function whoWords({ acknowledgedBy, resolvedBy, resolvedAt }: Incident): string {
  if (resolvedAt !== null)
    return resolvedBy === "Slipway" ? "ended by itself" : `resolved by ${resolvedBy ?? "somebody"}`;
  return acknowledgedBy === null ? "nobody has it yet" : `${acknowledgedBy} has it`;
}
