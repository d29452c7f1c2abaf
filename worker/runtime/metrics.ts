import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export type WorkerMetrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    leader: new Gauge({ name: "slipway_worker_leader", help: "1 where this worker acts, 0 on standby.", registers }),
    reconciles: new Counter({
      name: "slipway_worker_reconciles_total",
      help: "Keys reconciled, by kind and whether it worked.",
      labelNames: ["kind", "result"] as const,
      registers,
    }),
    seconds: new Histogram({
      name: "slipway_worker_reconcile_seconds",
      help: "Time one reconcile took, by kind.",
      labelNames: ["kind"] as const,
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
      registers,
    }),
    clusterWrites: new Counter({
      name: "slipway_worker_cluster_writes_total",
      help: "Objects written to or deleted from the cluster, by kind.",
      labelNames: ["kind"] as const,
      registers,
    }),
    statusWrites: new Counter({
      name: "slipway_worker_status_writes_total",
      help: "Status reports written to the database.",
      registers,
    }),
    resyncCorrections: new Counter({
      name: "slipway_worker_resync_corrections_total",
      help: "Writes that only a slow resync brought about: each is an event that was missed.",
      registers,
    }),
    queueDepth: new Gauge({ name: "slipway_worker_queue_depth", help: "Keys waiting or running.", registers }),
    orphans: new Gauge({
      name: "slipway_worker_orphans",
      help: "Objects of ours in the cluster without a row in the database.",
      labelNames: ["environment"] as const,
      registers,
    }),
  };
}
