/** Lower is better for what is a loss, an error or a time; a name is all there is to tell by. */
const LOWER_IS_BETTER = /loss|error|err$|rmse|mse|mae|mape|brier|latency|(^|[_ -])(ms|seconds)$|perplexity|fpr|fnr/i;
export const lowerIsBetter = (metric: string): boolean => LOWER_IS_BETTER.test(metric);

/** "0.9132": as many digits as people compare. */
export const metricWords = (value: number): string =>
  value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7)
    ? value.toExponential(3)
    : String(Number(value.toPrecision(5)));

/** "+0.012", "−0.3", "±0". */
export function deltaWords(value: number, against: number): string {
  const delta = Number((value - against).toPrecision(3));
  if (delta === 0) return "±0";
  return `${delta > 0 ? "+" : "−"}${metricWords(Math.abs(delta))}`;
}

type Measured = Readonly<{ version: string; metrics: Readonly<Record<string, number>> }>;

/** Names of metrics, those that most versions have first. */
export function metricNames(versions: readonly Measured[]): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of versions)
    for (const name of Object.keys(metrics)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}

/** The best value of a metric where versions differ in it, else null. */
export function bestOf(versions: readonly Measured[], metric: string): number | null {
  const values = versions.flatMap(({ metrics }) => metrics[metric] ?? []);
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  if (values.length < 2 || least === greatest) return null;
  return lowerIsBetter(metric) ? least : greatest;
}
