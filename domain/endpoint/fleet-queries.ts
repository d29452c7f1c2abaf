/** Labels that the answers are told apart by. */
export type FleetBy = "environment, endpoint" | "environment, endpoint, revision";

/** Without those that speak of time, of the queue, and of callers who went away. */
export const REFUSED_CODES = 'code=~"4..",code!~"408|429|499"';

export type FleetMetric = "requestsPerSecond" | "errorRatio" | "latencyMsP99";

/**
 * One PromQL query per metric for all endpoints together, rates over `windowSeconds`. Forced requests are shown, but
 * judge nothing: `judgedPerSecond` are the requests that the ratios and latency speak of. An answer that another revision
 * gave because this one had no pods is an error of this one. Refused is what was not taken as it was (4xx), and not what
 * came too late, at a full queue, or was given up. A share of nothing is NaN, which reads as a gap.
 */
export function fleetQueries(
  by: FleetBy,
  windowSeconds: number,
  environment?: string,
  endpoints?: string | readonly string[],
): Readonly<Record<FleetMetric | "judgedPerSecond" | "refusedRatio", string>> {
  // Names of environments and endpoints hold nothing that PromQL or JSON would write otherwise.
  const label = (name: string, value: string | undefined) =>
    value === undefined ? "" : `${name}=${JSON.stringify(value)},`;
  const of =
    endpoints === undefined || typeof endpoints === "string"
      ? label("endpoint", endpoints)
      : `endpoint=~${JSON.stringify(endpoints.join("|"))},`;
  const where = label("environment", environment) + of;
  const requests = (more: string) =>
    `sum by (${by}) (rate(slipway_requests_total{${where}${more}}[${windowSeconds}s]))`;
  const meant = requests('role=~"live|fallback"');
  const failed = `(${requests('role="live",code=~"5.."')} or 0 * ${meant}) + (${requests('role="fallback"')} or 0 * ${meant})`;
  const refused = `${requests(`role="live",${REFUSED_CODES}`)} or 0 * ${meant}`;
  return {
    requestsPerSecond: requests('role!="shadow"'),
    judgedPerSecond: meant,
    errorRatio: `(${failed}) / ${meant}`,
    refusedRatio: `(${refused}) / ${meant}`,
    latencyMsP99: `1000 * histogram_quantile(0.99, sum by (${by}, le) (rate(slipway_request_duration_seconds_bucket{${where}role="live"}[${windowSeconds}s])))`,
  };
}
