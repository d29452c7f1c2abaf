"use client";

import { useMemo } from "react";
import { ChartPanelLater } from "#components/charts/chart-panel-later.tsx";
import type { Endpoint } from "#components/endpoint/endpoint-ref.ts";
import { type Measured, useMetrics } from "#components/endpoint/use-metrics.ts";
import { latencyWords, ratioWords } from "#components/ui/quantity-words.ts";
import { revisionLine } from "#components/ui/revision.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { revisionLabel } from "#domain/shared/version-label.ts";
import type { IncidentDetail } from "./incident-type.ts";

const AROUND_MS = 15 * 60_000;

type BrokeChartProps = Readonly<{ incident: IncidentDetail; view: Endpoint | undefined }>;

/** The one measure that was missed, from a quarter of an hour before until now or a little after its end, with its target. */
export function BrokeChart({ incident, view }: BrokeChartProps) {
  const { endpoint, environment, since, resolvedAt, target, threshold } = incident;
  const wanted = useMemo(() => {
    const endMs = resolvedAt === null ? Infinity : Date.parse(resolvedAt) + AROUND_MS;
    // What has not come yet is no gap.
    const to = endMs > Date.now() ? null : new Date(endMs);
    return { range: "1h" as const, from: new Date(Date.parse(since) - AROUND_MS), to };
  }, [since, resolvedAt]);
  const { metrics, asked, blind } = useMetrics({ endpoint, environment }, wanted);
  const span = { fromMs: asked.fromSeconds * 1_000, toMs: asked.toSeconds * 1_000 };
  const latency = target === "latencyMsP99Max";
  const name = latency ? "latencyMsP99" : "errorRatio";
  const words = latency ? latencyWords : ratioWords;
  // Pods are not counted by Prometheus: of an endpoint without them, what callers got is shown.
  const limit = target === "readyPodsMin" || target === null ? (view?.healthTargets.errorRatioMax ?? null) : threshold;
  const among = view?.revisions ?? metrics?.revisions ?? [];
  const lines = (metrics?.revisions ?? [])
    .filter((one) => one[name].some((value) => value !== null))
    .toSorted((a, b) => a.revision - b.revision)
    .map((one) => ({
      id: String(one.revision),
      name: revisionLabel(one, among),
      endName: revisionLabel(one, [one]),
      ...revisionLine(one.revision),
      values: one[name],
    }));
  const marks = incident.plans
    .flatMap(({ number, firstServedAt }) =>
      firstServedAt === null ? [] : [{ atMs: Date.parse(firstServedAt), label: `#${number}` }],
    )
    .filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)
    .sort((a, b) => a.atMs - b.atMs);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <ChartPanelLater
        title={latency ? "What broke: p99 latency" : "What broke: errors"}
        level={2}
        waiting={metrics === undefined && blind === null}
        times={(metrics?.timestamps ?? []).map((at) => Date.parse(at))}
        stepMs={(metrics?.stepSeconds ?? asked.stepSeconds) * 1_000}
        span={span}
        lines={lines}
        marks={marks}
        target={limit === null ? null : { value: limit, label: `target ${words(limit)}` }}
        words={words}
      />
      {blind === null ? null : <p className="text-degraded">{blindWords(blind)}</p>}
    </div>
  );
}

function blindWords({ why, known, sinceMs }: NonNullable<Measured["blind"]>): string {
  const since = known ? ` since ${clockWords(new Date(sinceMs), new Date())}` : "";
  return `No metrics${since}. ${why} What is missing is hatched; rolling back does not depend on it.`;
}
