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
/** One kind of line, and the word it goes by where there are others in its chart. */
type Measure = readonly [SeriesName, string];
const REFUSED: readonly Measure[] = [["refusedRatio", "4xx"]];
type Quantile = keyof typeof QUANTILES;
const MARKS_MAX = 50;

type ChartsSectionProps = Readonly<{ at: EndpointRef; view: Endpoint; measured: Measured }>;

/** Six charts over one range with one cursor and the same change marks. */
export function ChartsSection({ at, view, measured }: ChartsSectionProps) {
  const trpc = useTRPC();
  const [quantiles, setQuantiles] = useState<readonly Quantile[]>(["p99"]);
  /** Null: as the values have it. */
  const [refusedAsked, setRefusedAsked] = useState<boolean | null>(null);
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
  const lines = (...measures: readonly Measure[]) => linesOf(shown, measures, view.revisions);
  const latency = (["p99", "p95", "p50"] as const).filter((quantile) => quantiles.includes(quantile));
  const toggle = (quantile: Quantile) =>
    setQuantiles(
      quantiles.includes(quantile) && quantiles.length > 1
        ? quantiles.filter((one) => one !== quantile)
        : [...new Set([...quantiles, quantile])],
    );
  const { errorRatioMax, latencyMsP99Max } = view.healthTargets;
  const refused =
    refusedAsked ?? shown.some((series) => series.refusedRatio.some((value) => (value ?? 0) > errorRatioMax));
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
          lines={lines(["requestsPerSecond", "requests"])}
          words={rateWords}
        />
        <ChartPanelLater
          {...base}
          {...asking}
          className="order-2"
          title="Errors"
          lines={lines(["errorRatio", "errors"], ...(refused ? REFUSED : []))}
          words={ratioWords}
          controls={
            <Chip pressed={refused} onPress={() => setRefusedAsked(!refused)}>
              refused (4xx)
            </Chip>
          }
          target={{ value: errorRatioMax, label: `target ${ratioWords(errorRatioMax)}` }}
        />
        <ChartPanelLater
          {...base}
          {...asking}
          className="order-3"
          title="Latency"
          lines={lines(...latency.map((quantile) => [QUANTILES[quantile], quantile] as const))}
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
          lines={lines(["cpuCores", "CPU"])}
          words={coreWords}
        />
        <ChartPanelLater
          {...base}
          className={classNames("order-5", more)}
          title="Memory"
          unit="binary"
          lines={lines(["memoryBytes", "memory"])}
          words={bytesWords}
        />
        <ChartPanelLater
          {...base}
          className={classNames("order-6", more)}
          title="GPU"
          unit={gpu === "gpuMemoryBytes" ? "binary" : "plain"}
          lines={lines([gpu, "GPU"])}
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

/** One line per measure and revision; what goes along with the first measure is fainter. */
const linesOf = (shown: readonly Series[], measures: readonly Measure[], among: Endpoint["revisions"]): ChartLine[] =>
  measures.flatMap(([measure, word], index) =>
    shown.map((series) => {
      const alone = measures.length === 1;
      return {
        id: `${measure}-${series.revision}`,
        name: alone ? revisionLabel(series, among) : `r${series.revision} ${word}`,
        endName: alone ? revisionLabel(series, [series]) : `r${series.revision} ${word}`,
        ...revisionLine(series.revision),
        ...(index > 0 ? { opacity: 0.75 - 0.2 * index } : {}),
        values: series[measure],
      };
    }),
  );

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
