"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ChartPanelLater } from "#components/charts/chart-panel-later.tsx";
import type { ChartLine } from "#components/charts/time-chart.tsx";
import type { Endpoint, EndpointRef, Metrics } from "#components/endpoint/endpoint-ref.ts";
import type { Measured } from "#components/endpoint/use-metrics.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { bytesWords, latencyWords, rateWords, ratioWords } from "#components/ui/quantity-words.ts";
import { revisionLine } from "#components/ui/revision.tsx";
import { clockWords } from "#components/ui/time-words.ts";
import { revisionLabel } from "#domain/shared/version-label.ts";
import { RangeChoice } from "./range-choice.tsx";
import { coreWords } from "./words.ts";

type Series = Metrics["revisions"][number];
type SeriesName = Exclude<keyof Series, "revision" | "model" | "version">;
const QUANTILES = { p50: "latencyMsP50", p95: "latencyMsP95", p99: "latencyMsP99" } as const;
type Quantile = keyof typeof QUANTILES;
const MARKS_MAX = 50;

type ChartsSectionProps = Readonly<{ at: EndpointRef; view: Endpoint; measured: Measured }>;

/** Six charts over one range with one cursor and the same change marks. */
export function ChartsSection({ at, view, measured }: ChartsSectionProps) {
  const trpc = useTRPC();
  const [quantiles, setQuantiles] = useState<readonly Quantile[]>(["p99"]);
  const [logarithmic, setLogarithmic] = useState(false);
  const [gpu, setGpu] = useState<"gpuUtilization" | "gpuMemoryBytes">("gpuUtilization");
  const [all, setAll] = useState(false);
  const plans = useQuery(trpc.endpoint.plans.queryOptions({ ...at, limit: MARKS_MAX })).data?.items ?? [];
  const { metrics, asked, blind } = measured;
  const span = { fromMs: asked.fromSeconds * 1_000, toMs: asked.toSeconds * 1_000 };
  const times = (metrics?.timestamps ?? []).map((at) => Date.parse(at));
  const shown = (metrics?.revisions ?? []).filter(hasAny).toSorted((a, b) => a.revision - b.revision);
  const marks = plans
    .flatMap(({ number, firstServedAt }) =>
      firstServedAt === null ? [] : [{ atMs: Date.parse(firstServedAt), label: `#${number}` }],
    )
    .filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)
    .sort((a, b) => a.atMs - b.atMs);
  const waiting = metrics === undefined && blind === null;
  // Of requests routers tell from the plan on, of what those were like only while there are some.
  const watched = times.map((_, index) =>
    shown.some(({ readyPods, requestsPerSecond }) => readyPods[index] != null || requestsPerSecond[index] != null),
  );
  const asking = { watched, none: "no requests in this time" };
  const base = { waiting, times, stepMs: (metrics?.stepSeconds ?? asked.stepSeconds) * 1_000, span, marks };
  const lines = (name: SeriesName) => shown.map((series) => lineOf(series, name, view.revisions));
  const latency = (["p99", "p95", "p50"] as const)
    .filter((quantile) => quantiles.includes(quantile))
    .flatMap((quantile, index) =>
      shown.map((series) => ({
        ...lineOf(series, QUANTILES[quantile], view.revisions),
        id: `${quantile}-${series.revision}`,
        ...(quantiles.length > 1
          ? { name: `r${series.revision} ${quantile}`, endName: `r${series.revision} ${quantile}` }
          : {}),
        ...(index > 0 ? { opacity: 0.75 - 0.2 * index } : {}),
      })),
    );
  const toggle = (quantile: Quantile) =>
    setQuantiles(
      quantiles.includes(quantile) && quantiles.length > 1
        ? quantiles.filter((one) => one !== quantile)
        : [...new Set([...quantiles, quantile])],
    );
  const { errorRatioMax, latencyMsP99Max } = view.healthTargets;
  const noGpu = shown.every((series) => series.gpuUtilization.every((value) => value === null));
  const wantsGpu = view.revisions.some(({ resources }) => resources.gpu > 0);
  const more = all ? "" : "max-sm:hidden";
  return (
    <section aria-label="Charts" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold text-section">Last {measuredWords(asked)}</h2>
        <RangeChoice />
      </div>
      {blind === null ? null : <BlindBanner blind={blind} />}
      <div className="grid grid-cols-3 gap-4 max-lg:grid-cols-2 max-md:grid-cols-1">
        <ChartPanelLater
          {...base}
          {...asking}
          className={classNames("order-1", more)}
          title="Requests"
          lines={lines("requestsPerSecond")}
          words={rateWords}
        />
        <ChartPanelLater
          {...base}
          {...asking}
          className="order-2"
          title="Errors"
          lines={lines("errorRatio")}
          words={ratioWords}
          target={{ value: errorRatioMax, label: `target ${ratioWords(errorRatioMax)}` }}
        />
        <ChartPanelLater
          {...base}
          {...asking}
          className="order-3"
          title="Latency"
          lines={latency}
          words={latencyWords}
          logarithmic={logarithmic}
          target={{ value: latencyMsP99Max, label: `target ${latencyWords(latencyMsP99Max)}` }}
          controls={
            <>
              {(["p50", "p95", "p99"] as const).map((quantile) => (
                <Chip key={quantile} pressed={quantiles.includes(quantile)} onPress={() => toggle(quantile)}>
                  {quantile}
                </Chip>
              ))}
              <Chip pressed={logarithmic} onPress={() => setLogarithmic(!logarithmic)}>
                log
              </Chip>
            </>
          }
        />
        <ChartPanelLater
          {...base}
          className={classNames("order-4", more)}
          title="CPU cores"
          lines={lines("cpuCores")}
          words={coreWords}
        />
        <ChartPanelLater
          {...base}
          className={classNames("order-5", more)}
          title="Memory"
          unit="binary"
          lines={lines("memoryBytes")}
          words={bytesWords}
        />
        <ChartPanelLater
          {...base}
          className={classNames("order-6", more)}
          title="GPU"
          unit={gpu === "gpuMemoryBytes" ? "binary" : "plain"}
          lines={lines(gpu)}
          words={gpu === "gpuUtilization" ? ratioWords : bytesWords}
          controls={
            <>
              <Chip pressed={gpu === "gpuUtilization"} onPress={() => setGpu("gpuUtilization")}>
                used
              </Chip>
              <Chip pressed={gpu === "gpuMemoryBytes"} onPress={() => setGpu("gpuMemoryBytes")}>
                memory
              </Chip>
            </>
          }
          instead={
            !noGpu || waiting
              ? null
              : wantsGpu
                ? "No GPU metrics. These pods ask for a GPU: let Prometheus scrape the DCGM exporter of their nodes."
                : "No GPU metrics: no pod of this endpoint asks for a GPU."
          }
        />
      </div>
      <Button className={all ? "hidden" : "sm:hidden"} onClick={() => setAll(true)}>
        All six charts
      </Button>
    </section>
  );
}

const hasAny = (series: Series): boolean =>
  series.requestsPerSecond.some((value) => value !== null) ||
  series.memoryBytes.some((value) => value !== null) ||
  series.readyPods.some((value) => value !== null);

function lineOf(series: Series, name: SeriesName, among: Endpoint["revisions"]): ChartLine {
  const { colour, dashes } = revisionLine(series.revision);
  return {
    id: `${name}-${series.revision}`,
    name: revisionLabel(series, among),
    endName: revisionLabel(series, [series]),
    colour,
    dashes,
    values: series[name],
  };
}

function measuredWords({ fromSeconds, toSeconds }: Measured["asked"]): string {
  const minutes = Math.round((toSeconds - fromSeconds) / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 2_880 ? `${Number((minutes / 60).toFixed(1))} h` : `${Math.round(minutes / 1_440)} days`;
}

/** Since when nobody sees, and that nothing else is touched by it. */
function BlindBanner({ blind }: { blind: NonNullable<Measured["blind"]> }) {
  const since = clockWords(new Date(blind.sinceMs), new Date());
  return (
    <Banner
      status="Unknown"
      title={blind.known ? `No metrics since ${since}.` : `No metrics; not at ${since}, when this page asked first.`}
    >
      {blind.why} What is missing is hatched. Predictions, traffic and rollback do not depend on it.
    </Banner>
  );
}
