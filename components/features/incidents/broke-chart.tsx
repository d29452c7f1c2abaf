"use client";

import { useMemo } from "react";
import { ChartPanelLater } from "#components/charts/chart-panel-later.tsx";
import type { AxisUnit } from "#components/charts/gaps.ts";
import type { Endpoint } from "#components/endpoint/endpoint-ref.ts";
import { type Measured, useMetrics } from "#components/endpoint/use-metrics.ts";
import { latencyWords, ratioWords } from "#components/ui/quantity-words.ts";
import { revisionLine } from "#components/ui/revision.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { isOfRefusals } from "#domain/endpoint/health-words.ts";
import { revisionLabel } from "#domain/shared/version-label.ts";
import type { IncidentDetail } from "./incident-type.ts";

const AROUND_MS = 15 * 60_000;

type Target = NonNullable<IncidentDetail["target"]>;
type Measure = Readonly<{
  title: string;
  series: "errorRatio" | "latencyMsP99" | "readyPods";
  /** Drawn on top of it. */
  and?: "refusedRatio";
  words: (value: number) => string;
  unit: AxisUnit;
}>;

const MEASURES: Readonly<Record<Target, Measure>> = {
  errorRatioMax: { title: "What broke: errors", series: "errorRatio", words: ratioWords, unit: "plain" },
  latencyMsP99Max: { title: "What broke: p99 latency", series: "latencyMsP99", words: latencyWords, unit: "plain" },
  readyPodsMin: { title: "What broke: ready pods", series: "readyPods", words: String, unit: "whole" },
};

const REFUSED: Measure = {
  ...MEASURES.errorRatioMax,
  title: "What broke: errors and refusals (4xx)",
  and: "refusedRatio",
};

type BrokeChartProps = Readonly<{ incident: IncidentDetail; target: Target; view: Endpoint | undefined }>;

/** The one measure that was missed, from a quarter of an hour before until now or a little after its end, with its target. */
export function BrokeChart({ incident, target, view }: BrokeChartProps) {
  const { endpoint, environment, since, resolvedAt, threshold } = incident;
  const { title, series, and, words, unit } =
    target === "errorRatioMax" && isOfRefusals(incident.cause) ? REFUSED : MEASURES[target];
  const wanted = useMemo(() => {
    const endMs = resolvedAt === null ? Infinity : Date.parse(resolvedAt) + AROUND_MS;
    // What has not come yet is no gap.
    const to = endMs > Date.now() ? null : new Date(endMs);
    return { range: "1h" as const, from: new Date(Date.parse(since) - AROUND_MS), to };
  }, [since, resolvedAt]);
  const { metrics, asked, blind } = useMetrics({ endpoint, environment }, wanted);
  const span = { fromMs: asked.fromSeconds * 1_000, toMs: asked.toSeconds * 1_000 };
  const among = view?.revisions ?? metrics?.revisions ?? [];
  const lines = (metrics?.revisions ?? [])
    .filter((one) => one[series].some((value) => value !== null))
    .toSorted((a, b) => a.revision - b.revision)
    .map((one) => ({
      id: String(one.revision),
      name: revisionLabel(one, among),
      endName: revisionLabel(one, [one]),
      ...revisionLine(one.revision),
      values:
        and === undefined
          ? one[series]
          : one[series].map((value, index) => (value === null ? null : value + (one[and][index] ?? 0))),
    }));
  const watched = (metrics?.timestamps ?? []).map(
    (_, index) => metrics?.revisions.some(({ requestsPerSecond }) => requestsPerSecond[index] != null) === true,
  );
  const marks = incident.plans
    .flatMap(({ number, firstServedAt }) =>
      firstServedAt === null ? [] : [{ atMs: Date.parse(firstServedAt), label: `#${number}` }],
    )
    .filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)
    .sort((a, b) => a.atMs - b.atMs);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <ChartPanelLater
        title={title}
        level={2}
        waiting={metrics === undefined && blind === null}
        times={(metrics?.timestamps ?? []).map((at) => Date.parse(at))}
        stepMs={(metrics?.stepSeconds ?? asked.stepSeconds) * 1_000}
        span={span}
        lines={lines}
        // Ready pods that nobody tells of are not none.
        watched={series === "readyPods" ? [] : watched}
        marks={marks}
        target={threshold === null ? null : { value: threshold, label: `target ${words(threshold)}` }}
        words={words}
        unit={unit}
        instead={
          metrics !== undefined && blind === null && lines.length === 0
            ? "Prometheus holds no measurement of it from this time."
            : null
        }
      />
      {blind === null ? null : <p className="text-degraded">{blindWords(blind)}</p>}
    </div>
  );
}

function blindWords({ why, known, sinceMs }: NonNullable<Measured["blind"]>): string {
  const since = known ? ` since ${clockWords(new Date(sinceMs), new Date())}` : "";
  return `No metrics${since}. ${why} What is missing is hatched; rolling back does not depend on it.`;
}
