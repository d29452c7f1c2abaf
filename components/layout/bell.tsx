"use client";

import { useQuery } from "@tanstack/react-query";
import { Bell as BellIcon } from "lucide-react";
import Link from "next/link";
import { useTRPC } from "#components/trpc/client.tsx";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuLabel } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";

const SHOWN_MAX = 8;

/** Open incidents, in every environment: what is wrong elsewhere is news too. */
export function Bell() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.incident.list.queryOptions({ state: "open", limit: SHOWN_MAX }));
  const open = data?.items ?? [];
  const count = data?.nextCursor ? `${SHOWN_MAX}+` : String(open.length);
  const label =
    open.length === 0 ? "No open incidents" : `${count} open ${open.length === 1 ? "incident" : "incidents"}`;
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
      {open.map((incident) => (
        <MenuItem key={incident.id} asChild>
          <Link href={screenPaths.endpoint(incident.environment, incident.endpoint)} className="max-w-80 py-1">
            <StatusIcon status={incident.severity} />
            <span className="min-w-0 flex-1">
              <span className="font-medium">{incident.endpoint}</span>{" "}
              <span className="text-muted">
                {incident.environment} · <RelativeTime at={incident.since} />
              </span>
              <span className="block truncate text-label text-muted">{incident.cause}</span>
            </span>
          </Link>
        </MenuItem>
      ))}
    </Menu>
  );
}
