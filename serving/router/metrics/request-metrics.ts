export type SeriesRole = "live" | "shadow" | "forced" | "fallback";

export type EntryLabels = {
  environment: string;
  endpoint: string;
  revision: number;
  model: string;
  version: string;
};

/** Upper bounds in seconds, up to more than any deadline: a percentile beyond the last one reads as the last one. */
const BOUNDS = [
  0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60,
] as const;
/**
 * What a rate sees nothing of is a series' first value: it would miss the errors of all requests before the first scrape.
 * These begin at 0, therefore; any other code comes later and alone. Of what a pod refuses it is 400 that one version
 * answers and another does not: an input that is not of its signature.
 */
const EXPECTED: readonly (readonly [SeriesRole, number])[] = [
  ...[200, 400, 500, 502, 503, 504].map((code) => ["live", code] as const),
  ["fallback", 503],
];
/** Long enough for every scraper to have seen the last value of a series whose revision left the plans. */
const RETIRED_KEEP_MS = 15 * 60_000;

type Series = { labels: string; count: number; sumSeconds: number; buckets: Float64Array };

/** What is counted for one entry. Its series are found by role and code alone, so a request builds no label set. */
export class EntryMetrics {
  shadowDropped = 0;
  lastNamedMs = performance.now();
  readonly labels: string;
  private readonly byRole = new Map<SeriesRole, Map<number, Series>>();

  constructor(labels: EntryLabels) {
    this.labels = renderLabels(labels);
  }

  /** A plan may send it callers' requests. */
  expectCallers(): void {
    for (const [role, code] of EXPECTED) this.series(role, code);
  }

  /** `code` is an HTTP status; 499 stands for a client that went away. */
  record(role: SeriesRole, code: number, durationMs: number): void {
    const series = this.series(role, code);
    const seconds = durationMs / 1_000;
    series.count++;
    series.sumSeconds += seconds;
    for (let i = 0; i < BOUNDS.length; i++) {
      if (seconds <= (BOUNDS[i] ?? 0)) {
        series.buckets[i] = (series.buckets[i] ?? 0) + 1;
        return;
      }
    }
  }

  *all(): Iterable<Series> {
    for (const codes of this.byRole.values()) yield* codes.values();
  }

  private series(role: SeriesRole, code: number): Series {
    const codes = this.byRole.get(role) ?? new Map<number, Series>();
    if (codes.size === 0) this.byRole.set(role, codes);
    const known = codes.get(code);
    if (known !== undefined) return known;
    const labels = `${this.labels},code="${code}",role="${role}"`;
    const series = { labels, count: 0, sumSeconds: 0, buckets: new Float64Array(BOUNDS.length) };
    codes.set(code, series);
    return series;
  }
}

/** The request metrics of one router, rendered in the Prometheus text format. Series are bounded by what plans name. */
export class RequestMetrics {
  private readonly entries = new Map<string, EntryMetrics>();

  entry(labels: EntryLabels): EntryMetrics {
    const key = renderLabels(labels);
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const entry = new EntryMetrics(labels);
    this.entries.set(key, entry);
    return entry;
  }

  /** Forgets entries that no plan has named for a while. `named` are those of the present plans. */
  retire(named: ReadonlySet<EntryMetrics>, nowMs: number): void {
    for (const [key, entry] of this.entries) {
      if (named.has(entry)) entry.lastNamedMs = nowMs;
      else if (nowMs - entry.lastNamedMs > RETIRED_KEEP_MS) this.entries.delete(key);
    }
  }

  render(): string {
    const totals: string[] = [];
    const durations: string[] = [];
    const drops: string[] = [];
    for (const entry of this.entries.values()) {
      for (const series of entry.all()) {
        totals.push(`slipway_requests_total{${series.labels}} ${series.count}`);
        // Those of a thousand idle endpoints would hold up every request for as long as those of busy ones.
        if (series.count > 0) renderHistogram(series, durations);
      }
      if (entry.shadowDropped > 0) drops.push(`slipway_shadow_dropped_total{${entry.labels}} ${entry.shadowDropped}`);
    }
    return [
      "# HELP slipway_requests_total Requests by the revision they were meant for; role fallback: another one answered.",
      "# TYPE slipway_requests_total counter",
      ...totals,
      "# HELP slipway_request_duration_seconds From the request's headers to the last byte of its answer.",
      "# TYPE slipway_request_duration_seconds histogram",
      ...durations,
      "# HELP slipway_shadow_dropped_total Copies for a shadow that were not sent because too many were waiting or the body is too large to be held.",
      "# TYPE slipway_shadow_dropped_total counter",
      ...drops,
      "",
    ].join("\n");
  }
}

function renderHistogram(series: Series, into: string[]): void {
  let below = 0;
  BOUNDS.forEach((bound, i) => {
    below += series.buckets[i] ?? 0;
    into.push(`slipway_request_duration_seconds_bucket{${series.labels},le="${bound}"} ${below}`);
  });
  into.push(`slipway_request_duration_seconds_bucket{${series.labels},le="+Inf"} ${series.count}`);
  into.push(`slipway_request_duration_seconds_sum{${series.labels}} ${series.sumSeconds}`);
  into.push(`slipway_request_duration_seconds_count{${series.labels}} ${series.count}`);
}

const escapeLabel = (value: string) => value.replace(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`));

const renderLabels = ({ environment, endpoint, revision, model, version }: EntryLabels) =>
  Object.entries({ environment, endpoint, revision: String(revision), model, version })
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(",");
