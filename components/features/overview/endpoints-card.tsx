import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { latencyWords, rateWords, ratioWords } from "#components/ui/quantity-words.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { StatusBadge, StatusIcon } from "#components/ui/status-badge.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { TrafficBar } from "#components/ui/traffic-bar.tsx";
import { healthWords } from "#domain/endpoint/health-words.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { Overview } from "./overview-type.ts";

type Endpoint = Overview["endpoints"][number];

type CardProps = Readonly<{ overview: Overview /** Null: all of them. */; environment: string | null }>;

export function EndpointsCard({ overview, environment }: CardProps) {
  const { endpoints: shown, total } = overview;
  return (
    <Card
      title="Endpoints"
      flush
      actions={
        overview.metricsUnavailable === null ? null : (
          <span className="text-degraded text-label">{metricsWords(overview.metricsUnavailable)}</span>
        )
      }
    >
      <div className="max-sm:hidden">
        <EndpointsTable endpoints={shown} />
      </div>
      <ul className="sm:hidden">
        {shown.map((endpoint) => (
          <PhoneRow key={endpoint.uid} endpoint={endpoint} />
        ))}
      </ul>
      {total > shown.length ? (
        <Link
          href={screenPaths.inEnvironment(screenPaths.endpoints, environment)}
          className="block border-t px-4 py-2 text-accent hover:underline"
        >
          All {total} endpoints
        </Link>
      ) : null}
    </Card>
  );
}

function metricsWords({ why, since }: NonNullable<Overview["metricsUnavailable"]>): string {
  return since === null ? `No metrics. ${why}` : `No metrics since ${clockWords(new Date(since), new Date())}. ${why}`;
}

const clock = (at: string): string => clockWords(new Date(at), new Date());

const EndpointsTable = ({ endpoints }: { endpoints: readonly Endpoint[] }) => (
  <Table label="Endpoints">
    <TableHead>
      <HeadCell>Health</HeadCell>
      <HeadCell>Name</HeadCell>
      <HeadCell>Environment</HeadCell>
      <HeadCell>Traffic</HeadCell>
      <HeadCell>Requests</HeadCell>
      <HeadCell>Errors</HeadCell>
      <HeadCell>p99</HeadCell>
      <HeadCell>Last change</HeadCell>
    </TableHead>
    <tbody>
      {endpoints.map((endpoint) => (
        <Row key={endpoint.uid}>
          <Cell title={healthWords(endpoint.health, clock)}>
            <StatusBadge status={endpoint.health.state} />
          </Cell>
          <Cell>
            <EndpointLink endpoint={endpoint} />
          </Cell>
          <Cell className="text-muted">
            {endpoint.environment}
            {endpoint.environmentKind === "production" ? <span className="text-degraded"> ●</span> : null}
          </Cell>
          <Cell className="min-w-40 print:min-w-24">
            <Traffic endpoint={endpoint} />
          </Cell>
          <Measured values={endpoint.requestsPerSecond} words={rateWords} what="requests per second" />
          <Measured values={endpoint.errorRatio} words={ratioWords} what="share of errors" />
          <Measured values={endpoint.latencyMsP99} words={latencyWords} what="99th percentile of latency" />
          <Cell className="whitespace-nowrap text-muted">
            <LastChange endpoint={endpoint} />
          </Cell>
        </Row>
      ))}
    </tbody>
  </Table>
);

const EndpointLink = ({ endpoint }: { endpoint: Endpoint }) => (
  <Link
    href={screenPaths.endpoint(endpoint.environment, endpoint.name)}
    className="row-target whitespace-nowrap font-medium hover:underline"
  >
    {endpoint.name}
  </Link>
);

function Traffic({ endpoint }: { endpoint: Endpoint }) {
  const live = endpoint.entries.filter(({ role, weightPercent }) => role === "live" && weightPercent > 0);
  return live.length === 0 ? <span className="text-muted">nothing live yet</span> : <TrafficBar shares={live} />;
}

type MeasuredProps = Readonly<{
  values: readonly (number | null)[] | null;
  words: (value: number | null) => string;
  what: string;
}>;

function Measured({ values, words, what }: MeasuredProps) {
  const now = values?.at(-1) ?? null;
  return (
    <Cell>
      <span className="flex items-center gap-2 print:flex-col print:items-start print:gap-0">
        {values === null ? null : (
          <Sparkline values={values} label={`${what}, last hour`} className="text-muted print:w-14" />
        )}
        <span className="whitespace-nowrap" title={now === null ? "no data now" : undefined}>
          {words(now)}
        </span>
      </span>
    </Cell>
  );
}

function LastChange({ endpoint: { lastChange } }: { endpoint: Endpoint }) {
  if (lastChange === null) return <>none yet</>;
  return (
    <>
      #{lastChange.number} · <RelativeTime at={lastChange.decidedAt} />
      <span className="block max-w-40 truncate text-label">{lastChange.decidedBy}</span>
    </>
  );
}

const PhoneRow = ({ endpoint }: { endpoint: Endpoint }) => (
  <li className="relative border-t px-4 py-2">
    <div className="flex items-center gap-2">
      <StatusIcon status={endpoint.health.state} />
      <EndpointLink endpoint={endpoint} />
      <span className="ml-auto text-label text-muted">{endpoint.environment}</span>
    </div>
    <div className="mt-1 flex items-center gap-3 text-label text-muted">
      <span className="sr-only">{endpoint.health.state}.</span>
      <span className="min-w-0 flex-1">
        <Traffic endpoint={endpoint} />
      </span>
      <span className="whitespace-nowrap text-right">
        {ratioWords(endpoint.errorRatio?.at(-1) ?? null)} errors
        <br />
        {latencyWords(endpoint.latencyMsP99?.at(-1) ?? null)} p99
      </span>
    </div>
  </li>
);
