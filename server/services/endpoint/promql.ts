import { REFUSED_CODES } from "#domain/endpoint/fleet-queries.ts";

export type MetricName =
  | "requestsPerSecond"
  | "errorRatio"
  | "refusedRatio"
  | "latencyMsP50"
  | "latencyMsP95"
  | "latencyMsP99"
  | "readyPods"
  | "cpuCores"
  | "memoryBytes"
  | "gpuUtilization"
  | "gpuMemoryBytes";

export type MetricTarget = Readonly<{
  environment: string;
  namespace: string;
  endpoint: string;
  windowSeconds: number;
}>;

/** A PromQL string: a name that holds a quote or backslash stays a name. */
export const quoted = (text: string): string =>
  `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** A plain selector looks back five minutes, and would draw an outage of the scrapes as a flat line. */
const FRESH = "60s";

/**
 * One range query per metric, each answering one series per label `revision`.
 * Shares of nothing are NaN, which reads as a gap: an idle revision has no error ratio and no latency.
 */
export function metricQueries(target: MetricTarget): Readonly<Record<MetricName, string>> {
  const { windowSeconds: w } = target;
  const endpoint = `environment=${quoted(target.environment)},endpoint=${quoted(target.endpoint)}`;
  const requests = (more: string) => `sum by (revision) (rate(slipway_requests_total{${endpoint},${more}}[${w}s]))`;
  // Answered by another revision because this one had no pods: an error of this one, whatever the code.
  const meant = 'role=~"live|fallback"';
  const failed = `(${requests('role="live",code=~"5.."')} or 0 * ${requests(meant)}) + (${requests('role="fallback"')} or 0 * ${requests(meant)})`;
  const refused = `${requests(`role="live",${REFUSED_CODES}`)} or 0 * ${requests(meant)}`;
  const latency = (quantile: number) =>
    `1000 * histogram_quantile(${quantile}, sum by (revision, le) (rate(slipway_request_duration_seconds_bucket{${endpoint},role="live"}[${w}s])))`;

  const byRevision = (series: string, label = "pod") =>
    `label_replace(${series}, "revision", "$1", ${quoted(label)}, ${quoted(podPattern(target.endpoint, "([0-9]+)"))})`;
  const ofPods = (prefix = "") =>
    `${prefix}namespace=${quoted(target.namespace)},${prefix}pod=~${quoted(podPattern(target.endpoint, "[0-9]+"))}`;
  // The GPU exporter names the pod that uses a device; Prometheus may have set that aside as exported_pod.
  // A device counts once, however many scrapes see it; exporters write its node as Hostname or, newer, hostname.
  const fresh = (series: string) => `last_over_time(${series}[${FRESH}])`;
  const gpu = (metric: string) =>
    `max by (revision, UUID, gpu, GPU_I_ID, Hostname, hostname) (${byRevision(fresh(`${metric}{${ofPods("exported_")}}`), "exported_pod")} or ${byRevision(fresh(`${metric}{${ofPods()}}`))})`;

  return {
    requestsPerSecond: requests('role!="shadow"'),
    errorRatio: `(${failed}) / ${requests(meant)}`,
    refusedRatio: `(${refused}) / ${requests(meant)}`,
    latencyMsP50: latency(0.5),
    latencyMsP95: latency(0.95),
    latencyMsP99: latency(0.99),
    // Of what routers see, the fewest, and at any time of the window: callers meet that one too.
    readyPods: `min by (revision) (min_over_time(slipway_ready_pods{${endpoint}}[${w}s]))`,
    cpuCores: `sum by (revision) (${byRevision(`rate(process_cpu_seconds_total{${ofPods()}}[${w}s])`)})`,
    // Not over the whole window, where pods and those that took their place would be added up.
    memoryBytes: `sum by (revision) (${byRevision(fresh(`process_resident_memory_bytes{${ofPods()}}`))})`,
    gpuUtilization: `avg by (revision) (${gpu("DCGM_FI_DEV_GPU_UTIL")}) / 100`,
    gpuMemoryBytes: `sum by (revision) (${gpu("DCGM_FI_DEV_FB_USED")}) * 1048576`,
  };
}

/** Deployment, ReplicaSet hash, five characters: exact, for another endpoint may be called `<endpoint>-r1`. */
const podPattern = (endpoint: string, revision: string) =>
  `${escapeRegex(endpoint)}-r${revision}-[a-z0-9]+-[a-z0-9]{5}`;
