"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { Endpoint } from "#components/endpoint/endpoint-ref.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import { latencyWords, ratioWords } from "#components/ui/quantity-words.ts";
import { useNow } from "#components/ui/relative-time.tsx";
import { revisionLabel, revisionLine } from "#components/ui/revision.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import type { IncidentDetail } from "./incident-type.ts";

const ChartPanel = dynamic(() => import("#components/charts/chart-panel.tsx").then((file) => file.ChartPanel), {
  ssr: false,
  loading: () => <div className="h-61 rounded-card border bg-surface" />,
});

const AROUND_MS = 30 * 60_000;
const POINTS = 180;
const STEP_SECONDS_MIN = 15;

/** The one measure that was missed, from half an hour before until now or a little after its end, with its target. */
export function BrokeChart({
  incident,
  targets,
}: {
  incident: IncidentDetail;
  targets: Endpoint["healthTargets"] | undefined;
}) {
  const trpc = useTRPC();
  const nowMs = useNow();
  const { endpoint, environment, since, resolvedAt, target, threshold } = incident;
  const latency = target === "latencyMsP99Max";
  const fromMs = Date.parse(since) - AROUND_MS;
  const untilMs = resolvedAt === null ? Infinity : Date.parse(resolvedAt) + AROUND_MS;
  const stepSeconds = stepFor(fromMs, Math.min(untilMs, nowMs ?? Date.parse(since)));
  // On whole steps, so that it is asked anew once per step.
  const toMs = Math.floor(Math.min(untilMs, nowMs ?? 0) / 1_000 / stepSeconds) * stepSeconds * 1_000;
  const series = useQuery({
    ...trpc.endpoint.metrics.queryOptions({
      endpoint,
      environment,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      stepSeconds,
    }),
    enabled: nowMs !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const name = latency ? "latencyMsP99" : "errorRatio";
  const words = latency ? latencyWords : ratioWords;
  // Pods are not counted by Prometheus: of an endpoint without them, what callers got is shown.
  const limit = target === "readyPodsMin" || target === null ? (targets?.errorRatioMax ?? null) : threshold;
  const lines = (series.data?.revisions ?? [])
    .filter((one) => one[name].some((value) => value !== null))
    .toSorted((a, b) => a.revision - b.revision)
    .map((one) => ({
      id: String(one.revision),
      name: revisionLabel(one.version, one.revision),
      ...revisionLine(one.revision),
      values: one[name],
    }));
  const marks = incident.plans
    .flatMap(({ number, firstServedAt }) =>
      firstServedAt === null ? [] : [{ atMs: Date.parse(firstServedAt), label: `#${number}` }],
    )
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .sort((a, b) => a.atMs - b.atMs);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <ChartPanel
        title={latency ? "What broke: p99 latency" : "What broke: errors"}
        waiting={series.isPending}
        times={(series.data?.timestamps ?? []).map((at) => Date.parse(at))}
        stepMs={stepSeconds * 1_000}
        span={{ fromMs, toMs }}
        lines={lines}
        marks={marks}
        target={limit === null ? null : { value: limit, label: `target ${words(limit)}` }}
        words={words}
      />
      {series.isError ? <p className="text-degraded">{blindWords(series.error)}</p> : null}
    </div>
  );
}

const stepFor = (fromMs: number, toMs: number): number =>
  Math.max(STEP_SECONDS_MIN, Math.ceil((toMs - fromMs) / 1_000 / POINTS));

function blindWords(error: unknown): string {
  const { message, detail } = failureOf(error);
  const since = typeof detail.since === "string" ? ` since ${clockWords(new Date(detail.since), new Date())}` : "";
  return `No metrics${since}. ${message} What is missing is hatched; rolling back does not depend on it.`;
}
