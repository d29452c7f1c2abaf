"use client";

import type { Outputs } from "#components/trpc/outputs.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Checkbox } from "#components/ui/choice.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Link } from "#components/ui/link.tsx";
import { bytesWords } from "#components/ui/quantity-words.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { percent } from "#components/ui/traffic-bar.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { bestOf, deltaWords, metricNames, metricWords } from "./metric-words.ts";

export type Version = Outputs["version"]["list"]["items"][number];
export type Serving = Outputs["endpoint"]["serving"]["items"][number];

export type Champion = Pick<Version, "version" | "metrics"> | undefined;

const METRICS_SHOWN_MAX = 3;

type VersionsProps = Readonly<{
  versions: readonly Version[];
  serving: readonly Serving[];
  /** The version that others are held against; undefined: none is called champion. */
  champion: Champion;
  chosen: readonly string[];
  onChoose: (version: string, chosen: boolean) => void;
}>;

export const VersionsTable = (props: VersionsProps) => (
  <>
    <div className="max-sm:hidden">
      <WideTable {...props} />
    </div>
    <ul className="sm:hidden">
      {props.versions.map((version) => (
        <VersionCard key={version.id} version={version} {...props} />
      ))}
    </ul>
  </>
);

function WideTable({ versions, serving, champion, chosen, onChoose }: VersionsProps) {
  const metrics = metricNames(versions).slice(0, METRICS_SHOWN_MAX);
  return (
    <Table label="Versions">
      <TableHead>
        <HeadCell className="w-8">
          <span className="sr-only">Compare</span>
        </HeadCell>
        <HeadCell>Version</HeadCell>
        <HeadCell>Aliases</HeadCell>
        <HeadCell>Status</HeadCell>
        <HeadCell>Live</HeadCell>
        {metrics.map((metric) => (
          <HeadCell key={metric} className="text-right">
            {metric}
          </HeadCell>
        ))}
        <HeadCell className="text-right">Size</HeadCell>
        <HeadCell>Author</HeadCell>
        <HeadCell>Age</HeadCell>
      </TableHead>
      <tbody>
        {versions.map((version) => (
          <Row key={version.id}>
            <Cell className="leading-none">
              <Choose version={version} chosen={chosen} onChoose={onChoose} />
            </Cell>
            <Cell>
              <Link href={screenPaths.version(version.model, version.version)} className="font-medium hover:underline">
                v{version.version}
              </Link>
            </Cell>
            <Cell>
              <AliasBadges aliases={version.aliases} />
            </Cell>
            <Cell>
              <VersionStatus status={version.status} />
            </Cell>
            <Cell>
              <LiveWords serving={serving} version={version.version} />
            </Cell>
            {metrics.map((metric) => (
              <Cell key={metric} numeric>
                <Metric name={metric} version={version} versions={versions} champion={champion} />
              </Cell>
            ))}
            <Cell numeric className="whitespace-nowrap">
              {bytesWords(version.sizeBytes)}
            </Cell>
            <Cell className="text-muted">{version.createdBy}</Cell>
            <Cell className="whitespace-nowrap text-muted">
              <RelativeTime at={version.createdAt} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

const VersionCard = ({ version, versions, serving, chosen, onChoose }: VersionsProps & { version: Version }) => (
  <li className="flex items-center gap-3 border-b px-4 py-2 last:border-b-0">
    <Choose version={version} chosen={chosen} onChoose={onChoose} />
    <Link href={screenPaths.version(version.model, version.version)} className="min-w-0 flex-1">
      <span className="flex flex-wrap items-center gap-2">
        <span className="font-medium">v{version.version}</span>
        <AliasBadges aliases={version.aliases} />
        <VersionStatus status={version.status} />
      </span>
      <span className="flex flex-wrap gap-x-2 text-label text-muted">
        <LiveWords serving={serving} version={version.version} />
        <span>
          {version.createdBy}, <RelativeTime at={version.createdAt} />
        </span>
      </span>
      <CardMetrics version={version} versions={versions} />
    </Link>
  </li>
);

/** The same metrics as the wide table's columns. */
function CardMetrics({ version, versions }: { version: Version } & Pick<VersionsProps, "versions">) {
  const shown = metricNames(versions)
    .slice(0, METRICS_SHOWN_MAX)
    .flatMap((name) => (version.metrics[name] === undefined ? [] : [{ name, value: version.metrics[name] }]));
  if (shown.length === 0) return null;
  return (
    <span className="flex flex-wrap gap-x-3 text-label tabular-nums">
      {shown.map(({ name, value }) => (
        <span key={name}>
          <span className="text-muted">{name}</span>{" "}
          <span className={classNames(bestOf(versions, name) === value && "font-semibold")}>{metricWords(value)}</span>
        </span>
      ))}
    </span>
  );
}

type ChooseProps = Readonly<{ version: Version }> & Pick<VersionsProps, "chosen" | "onChoose">;
const Choose = ({ version, chosen, onChoose }: ChooseProps) => (
  <Checkbox
    aria-label={`Compare v${version.version}`}
    checked={chosen.includes(version.version)}
    onCheckedChange={(next) => onChoose(version.version, next)}
  />
);

const AliasBadges = ({ aliases }: { aliases: readonly string[] }) => (
  <span className="inline-flex flex-wrap gap-1">
    {aliases.map((alias) => (
      <Badge key={alias} tone="accent">
        {alias}
      </Badge>
    ))}
  </span>
);

/** A version that cannot be served says so; one that can needs no colour. */
export const VersionStatus = ({ status }: { status: Version["status"] }) =>
  status === "ready" ? <span className="text-muted">ready</span> : <Badge tone="warning">{status}</Badge>;

function LiveWords({ serving, version }: { serving: readonly Serving[]; version: string }) {
  const here = serving.filter((entry) => entry.version === version);
  if (here.length === 0) return null;
  return (
    <span className="inline-flex flex-col">
      {here.map((entry) => (
        <span key={`${entry.environment}/${entry.endpoint}/${entry.revision}`} className="whitespace-nowrap">
          {entry.endpoint} {entry.role === "shadow" ? "shadow " : ""}
          {percent(entry.weightPercent)}
        </span>
      ))}
    </span>
  );
}

type MetricProps = Readonly<{ name: string; version: Version }> & Pick<VersionsProps, "versions" | "champion">;
function Metric({ name, version, versions, champion }: MetricProps) {
  const value = version.metrics[name];
  if (value === undefined) return <span className="text-muted">–</span>;
  const against = champion?.version === version.version ? undefined : champion?.metrics[name];
  return (
    <span className="whitespace-nowrap">
      <span className={classNames(bestOf(versions, name) === value && "font-semibold")}>{metricWords(value)}</span>
      {against === undefined ? null : (
        <span className="ml-1 text-label text-muted" title="Against the champion">
          {deltaWords(value, against)}
        </span>
      )}
    </span>
  );
}
