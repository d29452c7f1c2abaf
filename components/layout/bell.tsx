"use client";

import { Bell as BellIcon } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { Menu, MenuItem, MenuLabel } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { causeWords } from "#domain/incident/words.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { useOpenIncidents } from "./open-incidents.ts";

const SHOWN_MAX = 8;

/** Open incidents, in every environment: what is wrong elsewhere is news too. */
export function Bell() {
  const known = useOpenIncidents();
  const open = known?.items ?? [];
  const count = known?.count ?? "?";
  const label =
    known === null
      ? "Open incidents: not known"
      : open.length === 0
        ? "No open incidents"
        : `${count} open ${open.length === 1 ? "incident" : "incidents"}`;
  return (
    <Menu
      trigger={
        <Button look="quiet" size="icon" aria-label={label} className="relative">
          <BellIcon aria-hidden />
          {open.length === 0 ? null : (
            <span
              aria-hidden="true"
              className="absolute -top-0.5 -right-0.5 min-w-4 rounded-full bg-failing px-1 text-[11px]/4 text-page"
            >
              {count}
            </span>
          )}
        </Button>
      }
    >
      <MenuLabel>{label}</MenuLabel>
      {open.slice(0, SHOWN_MAX).map((incident) => (
        <MenuItem key={incident.id} asChild>
          <Link href={screenPaths.incident(incident.id)} className="max-w-80 py-1">
            <StatusIcon status={incident.healthyAgainSince === null ? incident.severity : "Healthy"} />
            <span className="min-w-0 flex-1">
              <span className="font-medium">{incident.endpoint}</span>{" "}
              <span className="text-muted">
                {incident.environment} · <RelativeTime at={incident.since} />
              </span>
              <span className="block truncate text-label text-muted">{causeWords(incident)}</span>
            </span>
          </Link>
        </MenuItem>
      ))}
      <MenuItem asChild>
        <Link href={screenPaths.incidents}>All incidents</Link>
      </MenuItem>
    </Menu>
  );
}
