"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { buttonStyle } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Status, StatusBadge } from "#components/ui/status-badge.tsx";
import { causeWords } from "#domain/incident/words.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { Overview } from "./overview-type.ts";

type Item = Readonly<{
  key: string;
  status: Status;
  name: string;
  environment: string;
  sentence: string;
  since: string | null;
  /** The one thing to do about it. */
  action: string;
  href: string;
}>;

const SHOWN_MAX = 10;

/** Open incidents, endpoints that miss their targets, and changes that did not get through: a row and one action each. */
export function Attention({
  endpoints,
  environment,
}: {
  endpoints: Overview["endpoints"];
  environment: string | null;
}) {
  const trpc = useTRPC();
  const inEnvironment = environment === null ? {} : { environment };
  const incidents = useQuery(trpc.incident.list.queryOptions({ ...inEnvironment, state: "open", limit: SHOWN_MAX }));
  const open = (incidents.data?.items ?? []).map(
    (incident): Item => ({
      key: incident.id,
      status: incident.healthyAgainSince === null ? incident.severity : "Healthy",
      name: incident.endpoint,
      environment: incident.environment,
      sentence: `${causeWords(incident)}${incident.acknowledgedBy === null ? "" : ` · ${incident.acknowledgedBy} has it`}`,
      since: incident.since,
      action: "Open",
      href: screenPaths.incident(incident.id),
    }),
  );
  const told = new Set(open.map(({ environment: where, name }) => `${where}/${name}`));
  const rest = endpoints.filter(({ environment: where, name }) => !told.has(`${where}/${name}`)).flatMap(attentionOf);
  const items = [...open, ...rest];
  if (items.length === 0 && !incidents.isError) return null;
  return (
    <Card title="Needs attention" flush>
      <ul>
        {incidents.isError ? (
          <li className="border-t px-4 py-2 text-degraded">
            {incidents.data === undefined ? "Incidents cannot be read now." : "Incidents are as they were last read."}
          </li>
        ) : null}
        {items.slice(0, SHOWN_MAX).map((item) => (
          <li key={item.key} className="flex min-h-row flex-wrap items-center gap-x-3 gap-y-1 border-t px-4 py-2">
            <StatusBadge status={item.status} />
            <p className="min-w-0 flex-1 basis-60">
              <span className="font-medium">{item.name}</span> <span className="text-muted">{item.environment}</span> ·{" "}
              {item.sentence}
              {item.since === null ? null : (
                <span className="text-muted">
                  {" "}
                  · <RelativeTime at={item.since} />
                </span>
              )}
            </p>
            <Link href={item.href} className={classNames(buttonStyle({ size: "small" }), "max-sm:h-12 max-sm:w-full")}>
              {item.action} <span className="sr-only">{item.name}</span>
            </Link>
          </li>
        ))}
      </ul>
      {items.length > SHOWN_MAX ? (
        <p className="border-t px-4 py-2 text-label text-muted">and {items.length - SHOWN_MAX} more below</p>
      ) : null}
    </Card>
  );
}

function attentionOf({ uid, name, environment, health, lastChange }: Overview["endpoints"][number]): Item[] {
  const item = { key: uid, name, environment, action: "Open", href: screenPaths.endpoint(environment, name) };
  if (health.state === "Failing" || health.state === "Degraded")
    return [{ ...item, status: health.state, sentence: health.cause, since: health.since }];
  if (lastChange?.status === "failed")
    return [
      {
        ...item,
        status: health.state,
        sentence: `change #${lastChange.number} did not get through: what was live before keeps answering`,
        since: lastChange.decidedAt,
      },
    ];
  return [];
}
