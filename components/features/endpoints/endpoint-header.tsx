"use client";

import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import type { Endpoint, Kind } from "#components/endpoint/endpoint-ref.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Link } from "#components/ui/link.tsx";
import { Menu, MenuItem, MenuLine } from "#components/ui/menu.tsx";
import { StatusIcon, statusColour } from "#components/ui/status-badge.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { healthSentence } from "#domain/endpoint/health-words.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";

type EndpointHeaderProps = Readonly<{
  view: Endpoint;
  kind: Kind | undefined;
  rollback: ReactNode;
  onSettings: () => void;
}>;

/** The name and how it does; Roll back stands in a column of its own width, so that no sentence moves it. */
export function EndpointHeader({ view, kind, rollback, onSettings }: EndpointHeaderProps) {
  const { name, environment, health, url } = view;
  const model = view.plan?.entries[0]?.model;
  const sentence = healthSentence(health, (at) => clockWords(new Date(at), new Date()));
  const [state, ...rest] = sentence.split(":");
  return (
    <header className="relative grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-2 max-sm:grid-cols-1">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2 max-sm:min-h-11 max-sm:pr-14">
          <h1 className="min-w-0 break-words font-semibold text-title">{name}</h1>
          <Badge tone={kind === "production" ? "warning" : "neutral"}>
            {environment}
            {kind === "production" ? " · production" : ""}
          </Badge>
          <Badge>{view.pinnedAt === null ? "following" : "pinned"}</Badge>
        </div>
        <p className="mt-1 flex items-start gap-2" aria-live="polite">
          <StatusIcon status={health.state} className="mt-0.5 max-sm:mt-1" />
          <span>
            <span className={`font-medium ${statusColour(health.state)}`}>{state}</span>
            {rest.length === 0 ? "" : `:${rest.join(":")}`}
          </span>
        </p>
      </div>
      <div className="flex items-start justify-end gap-2 max-sm:contents">
        {rollback}
        <div className="max-sm:absolute max-sm:top-0 max-sm:right-0">
          <Menu
            trigger={
              <Button look="outline" size="icon" aria-label="More actions">
                <Ellipsis aria-hidden />
              </Button>
            }
          >
            <MenuItem asChild>
              <Link href={model === undefined ? screenPaths.models : screenPaths.model(model)}>Deploy a version…</Link>
            </MenuItem>
            <MenuItem asChild>
              <Link href={`${screenPaths.audit}?q=${encodeURIComponent(name)}&kind=endpoint`}>Audit log</Link>
            </MenuItem>
            <MenuItem onSelect={onSettings}>Health targets</MenuItem>
            <MenuLine />
            <MenuItem danger onSelect={onSettings}>
              Delete…
            </MenuItem>
          </Menu>
        </div>
      </div>
      <CopyLine
        text={`${url}/v2/models/${name}/infer`}
        label="Copy address"
        className="col-span-full max-w-160 bg-surface"
      />
    </header>
  );
}
