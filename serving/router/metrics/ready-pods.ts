/** After this long without news a count of pods is a memory: a gap says more than an old number. */
const STALE_SECONDS = 30;

/** A gauge in the Prometheus text format; nothing where the router no longer knows. */
export function renderReadyPods(
  revisions: readonly Readonly<{ labels: string; ready: number }>[],
  stalenessSeconds: number,
): string {
  const values = stalenessSeconds > STALE_SECONDS ? [] : revisions;
  return [
    "# HELP slipway_ready_pods Ready pods of each revision that takes a share; absent while the API is silent.",
    "# TYPE slipway_ready_pods gauge",
    ...values.map(({ labels, ready }) => `slipway_ready_pods{${labels}} ${ready}`),
    "",
  ].join("\n");
}
