import type { Server } from "node:http";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { renderReadyPods } from "./metrics/ready-pods.ts";
import { RequestMetrics } from "./metrics/request-metrics.ts";
import { RoutingTable } from "./plans/routing-table.ts";
import { ByteBudget, HELD_BYTES_MAX } from "./proxy/body.ts";
import { createFront } from "./proxy/front.ts";
import { Shadows } from "./proxy/shadow.ts";

const SHADOW_BYTES_MAX = 32 * 1024 * 1024;

export type Freshness = {
  ready(): boolean;
  /** Since plans were last known to be the cluster's; before the first time, since the process started. */
  stalenessSeconds(): number;
};

/** A router without its source of plans: whoever feeds `table` decides what is served. */
export type Router = {
  table: RoutingTable;
  server: Server;
  /** Unready and `Connection: close` from now on; goes on answering. */
  beginDrain(): void;
};

export function createRouter(environment: string, freshness: Freshness, random: () => number = Math.random): Router {
  const requests = new RequestMetrics();
  const table = new RoutingTable(requests);
  const registry = processMetrics(environment, freshness);
  let draining = false;
  const server = createFront({
    budget: new ByteBudget(HELD_BYTES_MAX),
    shadows: new Shadows(new ByteBudget(SHADOW_BYTES_MAX), random),
    random,
    draining: () => draining,
    findPlan: (endpoint) => table.find(endpoint),
    ready: () => freshness.ready() && !draining,
    metricsText: async () => {
      table.retireMetrics(performance.now());
      const pods = renderReadyPods(table.readyPods(), freshness.stalenessSeconds());
      return requests.render() + pods + (await registry.metrics());
    },
  });
  return {
    table,
    server,
    beginDrain() {
      draining = true;
    },
  };
}

function processMetrics(environment: string, freshness: Freshness): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "slipway_plan_staleness_seconds",
    help: "Since this router last knew that its plans were the cluster's; at first, since it started.",
    labelNames: ["environment"],
    registers: [registry],
    collect() {
      this.set({ environment }, freshness.stalenessSeconds());
    },
  });
  return registry;
}
