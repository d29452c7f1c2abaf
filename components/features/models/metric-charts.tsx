import { VersionChart } from "#components/charts/version-chart.tsx";
import { Card } from "#components/ui/card.tsx";
import { lowerIsBetter, metricNames, metricWords } from "./metric-words.ts";
import type { Version } from "./versions-table.tsx";

const CHARTS_MAX = 3;

/** The metrics that most versions have, from release to release; nothing until two versions have one. */
export function MetricCharts({ versions }: { versions: readonly Version[] }) {
  const oldestFirst = versions.toReversed();
  const charts = metricNames(versions)
    .map((name) => ({ name, measured: oldestFirst.filter(({ metrics }) => metrics[name] !== undefined) }))
    .filter(({ measured }) => measured.length >= 2)
    .slice(0, CHARTS_MAX);
  if (charts.length === 0) return null;
  const hasChampion = versions.some(isChampion);
  return (
    <Card title="Metrics by version">
      <div className="grid gap-6 sm:grid-cols-2 lg:grid-cols-3">
        {charts.map(({ name, measured }) => (
          <VersionChart
            key={name}
            name={name}
            better={lowerIsBetter(name) ? "lower is better" : "higher is better"}
            points={measured.map((version) => ({
              version: version.version,
              value: version.metrics[name] ?? 0,
              words: metricWords(version.metrics[name] ?? 0),
              isChampion: isChampion(version),
            }))}
          />
        ))}
      </div>
      {hasChampion ? <p className="mt-3 text-label text-muted">The ring is the champion.</p> : null}
    </Card>
  );
}

const isChampion = ({ aliases }: Version): boolean => aliases.includes("champion");
