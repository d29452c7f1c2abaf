"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type KeyboardEvent, memo, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { changeWords, sharesOf } from "#components/endpoint/plan-words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Link } from "#components/ui/link.tsx";
import { latencyWords, rateWords, ratioWords } from "#components/ui/quantity-words.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { StatusBadge, StatusIcon } from "#components/ui/status-badge.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { TrafficBar } from "#components/ui/traffic-bar.tsx";
import { healthWords } from "#domain/endpoint/health-words.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { Fleet, FleetEndpoint, FleetOrder } from "./use-fleet.ts";

const ROW_PX = 52;
const PHONE_ROW_PX = 76;
/** Rows outside the window, so that a quick scroll does not show emptiness. */
const OVERSCAN = 12;
const COLUMNS =
  "grid grid-cols-[92px_minmax(130px,1.4fr)_minmax(72px,0.7fr)_minmax(116px,1.2fr)_116px_112px_116px_minmax(124px,1fr)] print:grid-cols-[84px_minmax(88px,1.4fr)_minmax(76px,0.7fr)_minmax(96px,1.2fr)_64px_64px_64px_minmax(104px,1fr)] items-center gap-2 px-4 print:px-2";

type EndpointRowsProps = Readonly<{ total: number; fleet: Fleet }>;

/** Only the rows in sight are in the page and asked for: a thousand endpoints scroll as ten do. */
export function EndpointRows({ total, fleet }: EndpointRowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [phone, setPhone] = useState(false);
  useLayoutEffect(() => {
    const query = window.matchMedia("(width < 40rem)");
    const measure = () => {
      setPhone(query.matches);
      setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    };
    measure();
    query.addEventListener("change", measure);
    return () => query.removeEventListener("change", measure);
  }, []);
  const height = phone ? PHONE_ROW_PX : ROW_PX;
  const rows = useWindowVirtualizer({
    count: total,
    estimateSize: () => height,
    overscan: OVERSCAN,
    // Otherwise each step of the wheel waits for a whole rendering.
    useFlushSync: false,
    scrollMargin: top,
    getItemKey: (place) => fleet.at(place)?.uid ?? place,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows measured at the other width are measured again
  useLayoutEffect(() => rows.measure(), [height]);
  const items = rows.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const { look } = fleet;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is another function at each rendering, and does the same
  useEffect(() => look(from, to), [from, to]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section aria-label="Endpoints" tabIndex={0} className="overflow-x-auto rounded-card border bg-surface">
      {/* biome-ignore lint/a11y/useSemanticElements: rows that stand freely, as only those in sight exist, cannot be a table's */}
      <div role="table" aria-label="Endpoints" aria-rowcount={total + 1} className="sm:min-w-[966px]">
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div role="rowgroup" className="border-b text-label text-muted max-sm:hidden">
          <HeadRow fleet={fleet} />
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div ref={list} role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }} onKeyDown={walk}>
          {items.map((item) => (
            <FleetRow
              key={item.key}
              endpoint={fleet.at(item.index)}
              phone={phone}
              index={item.index}
              height={height}
              y={item.start - top}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

type FleetRowProps = Readonly<{
  endpoint: FleetEndpoint | undefined;
  phone: boolean;
  index: number;
  height: number;
  y: number;
}>;

/** Drawn anew only where something of it is another: neither a step of the wheel nor the change of one row costs the rest. */
const FleetRow = memo(({ endpoint, phone, index, height, y }: FleetRowProps) => (
  // biome-ignore lint/a11y/useSemanticElements: rows that stand freely, as only those in sight exist, cannot be a table's
  <div
    role="row"
    aria-rowindex={index + 2}
    tabIndex={-1}
    className="absolute inset-x-0 border-b hover:bg-hover"
    style={{ height, transform: `translateY(${y}px)` }}
  >
    {endpoint === undefined ? (
      // biome-ignore lint/a11y/useSemanticElements: as the rows
      <div role="cell" className="flex h-full items-center px-4">
        <Skeleton className="h-3 w-full" />
      </div>
    ) : phone ? (
      <PhoneRow endpoint={endpoint} />
    ) : (
      <WideRow endpoint={endpoint} />
    )}
  </div>
));
FleetRow.displayName = "FleetRow";

/** j and k go down and up, as in mail. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
  if (step === 0 || event.metaKey || event.ctrlKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=row] a")].toSorted(
    (a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top,
  );
  links[links.indexOf(document.activeElement as HTMLElement) + step]?.focus();
}

const HEADS: readonly Readonly<{ head: string; order?: FleetOrder }>[] = [
  { head: "Health", order: "health" },
  { head: "Name", order: "name" },
  { head: "Environment" },
  { head: "Traffic" },
  { head: "Requests" },
  { head: "Errors" },
  { head: "p99" },
  { head: "Last change", order: "changed" },
];
const SORTED = { health: "descending", name: "ascending", changed: "descending" } as const;

const HeadRow = ({ fleet: { filter, setFilter } }: { fleet: Fleet }) => (
  // biome-ignore lint/a11y/useSemanticElements: a grid of divs, as its rows are
  <div role="row" tabIndex={-1} aria-rowindex={1} className={classNames(COLUMNS, "h-8 font-medium")}>
    {HEADS.map(({ head, order }) => (
      // biome-ignore lint/a11y/useSemanticElements: as above
      <div
        key={head}
        role="columnheader"
        tabIndex={-1}
        aria-sort={order === undefined ? undefined : filter.order === order ? SORTED[order] : "none"}
      >
        {order === undefined ? (
          head
        ) : (
          <button
            type="button"
            onClick={() => void setFilter({ order })}
            className={classNames(
              "inline-flex items-center gap-1 hover:text-ink",
              filter.order === order && "text-ink",
            )}
          >
            {head}
            <ArrowDown
              className={classNames(
                "size-3",
                filter.order === order ? "" : "invisible",
                order === "name" && "rotate-180",
              )}
              aria-hidden
            />
          </button>
        )}
      </div>
    ))}
  </div>
);

function WideRow({ endpoint }: { endpoint: FleetEndpoint }) {
  const { lastChange } = endpoint;
  const health = healthWords(endpoint.health, (at) => clockWords(new Date(at), new Date()));
  return (
    <div className={classNames(COLUMNS, "h-full")} role="presentation">
      <GridCell>
        <StatusBadge status={endpoint.health.state} />
      </GridCell>
      <GridCell>
        <NameLink endpoint={endpoint} />
        <span className="block truncate text-label text-muted" title={health}>
          {health}
        </span>
      </GridCell>
      <GridCell>
        <EnvironmentName endpoint={endpoint} />
      </GridCell>
      <GridCell>
        {endpoint.entries.length === 0 ? (
          <span className="text-muted">nothing live yet</span>
        ) : (
          <TrafficBar shares={sharesOf(endpoint.entries)} />
        )}
      </GridCell>
      <Trend values={endpoint.requestsPerSecond} words={rateWords} label="Requests per second" />
      <Trend values={endpoint.errorRatio} words={ratioWords} label="Errors" />
      <Trend values={endpoint.latencyMsP99} words={latencyWords} label="p99" />
      <GridCell>
        {lastChange === null ? (
          <span className="text-muted">none yet</span>
        ) : (
          <>
            <span className="block truncate">
              #{lastChange.number} {changeWords({ ...lastChange, repeatsPlan: null, entries: [] }).toLowerCase()}
            </span>
            <span className="block truncate text-label text-muted">
              <RelativeTime at={lastChange.decidedAt} /> by {lastChange.decidedBy}
            </span>
          </>
        )}
      </GridCell>
    </div>
  );
}

const GridCell = ({ children, className }: { children: ReactNode; className?: string }) => (
  // biome-ignore lint/a11y/useSemanticElements: a grid of divs, as only rows in sight exist
  <div role="cell" className={classNames("min-w-0", className)}>
    {children}
  </div>
);

const NameLink = ({ endpoint }: { endpoint: FleetEndpoint }) => (
  <Link
    href={screenPaths.endpoint(endpoint.environment, endpoint.name)}
    className="row-target block truncate font-medium hover:underline"
  >
    {endpoint.name}
  </Link>
);

const EnvironmentName = ({ endpoint }: { endpoint: FleetEndpoint }) =>
  endpoint.environmentKind === "production" ? (
    <Badge tone="warning">{endpoint.environment}</Badge>
  ) : (
    <span className="truncate text-muted">{endpoint.environment}</span>
  );

type TrendProps = Readonly<{
  values: readonly (number | null)[] | null;
  words: (value: number | null) => string;
  label: string;
}>;

const Trend = ({ values, words, label }: TrendProps) => (
  <GridCell className="flex items-center gap-2 print:flex-col print:items-start print:gap-0">
    <Sparkline values={values ?? []} label={`${label}, last hour`} className="text-muted print:w-14" />
    <span className="whitespace-nowrap text-label">{words(values?.at(-1) ?? null)}</span>
  </GridCell>
);

/** Two lines on a phone: what and how well, then how it is shared. */
function PhoneRow({ endpoint }: { endpoint: FleetEndpoint }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the wide rows
    <div role="cell" className="relative flex h-full flex-col justify-center gap-1 px-4">
      <div className="flex items-center gap-2">
        <StatusIcon status={endpoint.health.state} />
        <span className="sr-only">{endpoint.health.state}</span>
        <div className="min-w-0 flex-1">
          <NameLink endpoint={endpoint} />
        </div>
        <span className="shrink-0 text-label text-muted">
          {ratioWords(endpoint.errorRatio?.at(-1) ?? null)} · {latencyWords(endpoint.latencyMsP99?.at(-1) ?? null)}
        </span>
      </div>
      <div className="flex items-center gap-2">
        <div className="min-w-0 flex-1">
          {endpoint.entries.length === 0 ? (
            <span className="text-label text-muted">nothing live yet</span>
          ) : (
            <TrafficBar shares={sharesOf(endpoint.entries)} />
          )}
        </div>
        <span className="max-w-2/5 truncate text-label">
          <EnvironmentName endpoint={endpoint} />
        </span>
      </div>
    </div>
  );
}
