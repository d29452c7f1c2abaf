import { type MetricsView, metricsInputSchema, metricsViewSchema } from "#domain/endpoint/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Sample, TimeRange } from "#server/ports/metrics.ts";
import { findRevisions } from "#server/services/revision/view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findEndpoint } from "./find.ts";
import { ownSince } from "./own-series.ts";
import { type MetricName, metricQueries } from "./promql.ts";

const DEFAULT_RANGE_SECONDS = 900;
const POINTS_DEFAULT = 180;
const POINTS_MAX = 2_000;
/** Shorter windows hold too few scrapes of a Prometheus that looks every 15 or 30 seconds. */
const WINDOW_SECONDS_MIN = 60;
const REVISIONS_MAX = 200;

export const getMetrics = defineVerb({
  name: "endpoint.metrics",
  kind: "query",
  permission: "metrics:read",
  input: metricsInputSchema,
  output: metricsViewSchema,
  async run(ctx, { from, to, stepSeconds, ...ref }) {
    const endpoint = await findEndpoint(ctx.db.read, ref);
    const environment = await ctx.db.read.environment.findUniqueOrThrow({ where: { id: endpoint.environment.id } });
    const range = rangeOf(from, to, stepSeconds);
    const windowSeconds = Math.max(range.stepSeconds, WINDOW_SECONDS_MIN);
    const queries = metricQueries({
      environment: environment.name,
      namespace: environment.namespace,
      endpoint: endpoint.name,
      windowSeconds,
    });
    const answers = await Promise.all(
      Object.entries(queries).map(async ([name, promql]) => {
        const samples = await ctx.metrics.range(promql, range, ctx.signal);
        return [name, samples] as const;
      }),
    );
    const revisions = await findRevisions(ctx.db.read, { endpointUid: endpoint.uid }, REVISIONS_MAX);
    const named = revisions.map((revision) => ({
      revision: revision.number,
      model: revision.version.model.name,
      version: String(revision.version.number),
    }));
    const own = await ownSince(ctx.db.read, [endpoint.uid], windowSeconds);
    return assemble(range, named, new Map(answers), own(endpoint.uid));
  },
});

/** Throws `invalid` when the range is empty, backward or too fine. */
function rangeOf(from: string | undefined, to: string | undefined, step: number | undefined): TimeRange {
  const seconds = (moment: string) => Math.floor(new Date(moment).getTime() / 1_000);
  const toSeconds = to === undefined ? Math.floor(Date.now() / 1_000) : seconds(to);
  const fromSeconds = from === undefined ? toSeconds - DEFAULT_RANGE_SECONDS : seconds(from);
  if (fromSeconds >= toSeconds) throw invalid("from", "the range ends before it begins");
  const span = toSeconds - fromSeconds;
  const stepSeconds = step ?? Math.max(5, Math.ceil(span / POINTS_DEFAULT));
  if (span / stepSeconds > POINTS_MAX)
    throw invalid(
      "stepSeconds",
      `this gives more than ${POINTS_MAX} points: take ${Math.ceil(span / POINTS_MAX)} or more`,
    );
  return { fromSeconds, toSeconds, stepSeconds };
}

const invalid = (path: string, message: string) =>
  new DomainError("invalid", `${path}: ${message}`, { fields: [{ path, message }] });

type Named = Readonly<{ revision: number; model: string; version: string }>;

function assemble(
  range: TimeRange,
  revisions: readonly Named[],
  answers: ReadonlyMap<string, Sample[]>,
  sinceSeconds: number,
): MetricsView {
  const { fromSeconds, toSeconds, stepSeconds } = range;
  const count = Math.floor((toSeconds - fromSeconds) / stepSeconds) + 1;
  const times = Array.from({ length: count }, (_, index) => fromSeconds + index * stepSeconds);
  const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();
  const seriesOf = (metric: MetricName, revision: number) => {
    const sample = answers.get(metric)?.find((found) => found.labels.revision === String(revision));
    return times.map((at) => (at < sinceSeconds ? null : (sample?.values.get(at) ?? null)));
  };
  return {
    from: iso(fromSeconds),
    to: iso(toSeconds),
    stepSeconds,
    timestamps: times.map(iso),
    revisions: revisions.map((named) => ({
      ...named,
      requestsPerSecond: seriesOf("requestsPerSecond", named.revision),
      errorRatio: seriesOf("errorRatio", named.revision),
      refusedRatio: seriesOf("refusedRatio", named.revision),
      latencyMsP50: seriesOf("latencyMsP50", named.revision),
      latencyMsP95: seriesOf("latencyMsP95", named.revision),
      latencyMsP99: seriesOf("latencyMsP99", named.revision),
      readyPods: seriesOf("readyPods", named.revision),
      cpuCores: seriesOf("cpuCores", named.revision),
      memoryBytes: seriesOf("memoryBytes", named.revision),
      gpuUtilization: seriesOf("gpuUtilization", named.revision),
      gpuMemoryBytes: seriesOf("gpuMemoryBytes", named.revision),
    })),
  };
}
