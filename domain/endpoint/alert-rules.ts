import { fleetQueries } from "./fleet-queries.ts";
import type { HealthTargets } from "./health.ts";

export type RuledEndpoint = Readonly<{
  environment: string;
  endpoint: string;
  targets: HealthTargets;
  /** Its screen, and that of its open incidents: an alert knows no incident of ours by name. */
  url: string;
  incidentsUrl: string;
}>;

type Rule = Readonly<{
  alert: string;
  expr: string;
  for: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}>;

const WINDOW_SECONDS = 60;
const FOR = "2m";

/** The health targets as a Prometheus rule file, one group per endpoint: whoever has an Alertmanager needs no webhook. */
export function alertRules(endpoints: readonly RuledEndpoint[]): { groups: { name: string; rules: Rule[] }[] } {
  return {
    groups: endpoints.map((endpoint) => ({
      // Not a dash: names hold dashes, and of two groups with one name Prometheus refuses the whole file.
      name: `slipway-${endpoint.environment}/${endpoint.endpoint}`,
      rules: rulesOf(endpoint),
    })),
  };
}

function rulesOf({ environment, endpoint, targets, url, incidentsUrl }: RuledEndpoint): Rule[] {
  const queries = fleetQueries("environment, endpoint, revision", WINDOW_SECONDS, environment, endpoint);
  const rule = (alert: string, expr: string, summary: string): Rule => ({
    alert,
    expr,
    for: FOR,
    labels: { severity: "page", environment, endpoint },
    annotations: { summary, dashboard: url, runbook_url: incidentsUrl },
  });
  // The least that says something, as in decideHealth.
  const asked = `${queries.judgedPerSecond} * ${WINDOW_SECONDS}`;
  const compared = `((${queries.refusedRatio}) and (${asked}) >= 20)`;
  const excess = `(${compared} - on (environment, endpoint) group_left () min by (environment, endpoint) ${compared})`;
  return [
    rule(
      "SlipwayErrorRatio",
      `(${queries.errorRatio}) > ${targets.errorRatioMax} and (${queries.errorRatio}) * (${asked}) >= 2.5`,
      `${endpoint} r{{ $labels.revision }} answers {{ $value | humanizePercentage }} errors (target ${targets.errorRatioMax * 100} %)`,
    ),
    rule(
      "SlipwayRefusedRatio",
      `${excess} > ${targets.errorRatioMax} and ${excess} * (${asked}) >= 2.5`,
      `${endpoint} r{{ $labels.revision }} refuses {{ $value | humanizePercentage }} more of its requests than another revision (target ${targets.errorRatioMax * 100} %)`,
    ),
    rule(
      "SlipwayLatencyP99",
      `(${queries.latencyMsP99}) > ${targets.latencyMsP99Max} and (${asked}) >= 20`,
      `${endpoint} r{{ $labels.revision }} answers in {{ $value | humanize }} ms at p99 (target ${targets.latencyMsP99Max} ms)`,
    ),
    rule(
      "SlipwayReadyPods",
      `min by (environment, endpoint, revision) (slipway_ready_pods{environment=${JSON.stringify(environment)},endpoint=${JSON.stringify(endpoint)}}) < ${targets.readyPodsMin}`,
      `${endpoint} r{{ $labels.revision }} has {{ $value }} ready pods (target ${targets.readyPodsMin})`,
    ),
  ];
}
