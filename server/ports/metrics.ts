export type Sample = Readonly<{ labels: Readonly<Record<string, string>>; values: ReadonlyMap<number, number> }>;
export type TimeRange = Readonly<{ fromSeconds: number; toSeconds: number; stepSeconds: number }>;

export interface MetricsSource {
  /**
   * One PromQL range query; keys of `values` are unix seconds, a missing key is a gap.
   * Throws DomainError `unavailable` that says since when the source does not answer, if that is known.
   */
  range(promql: string, range: TimeRange, signal: AbortSignal): Promise<Sample[]>;
}
