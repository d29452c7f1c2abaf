import { bucketTable, shareOf } from "#domain/traffic/bucket.ts";
import type { PlanWire, PlanWireEntry } from "#domain/traffic/wire.ts";
import type { EntryMetrics, RequestMetrics } from "../metrics/request-metrics.ts";
import type { PodSet } from "../upstream/pod-set.ts";

/** A plan's entry with all that a request needs resolved beforehand. */
export type Entry = {
  revision: number;
  revisionText: string;
  version: string;
  role: PlanWireEntry["role"];
  /** Buckets it owns, of 10,000. */
  share: number;
  shadowBps: number;
  pods: PodSet;
  metrics: EntryMetrics;
};

/** An immutable snapshot: a request takes one and keeps it to its end. */
export type Plan = {
  wire: PlanWire;
  numberText: string;
  entries: readonly Entry[];
  shadows: readonly Entry[];
  /** Live entries with a share, the largest first: whom to fall back to. */
  fallbacks: readonly Entry[];
  /** Bucket to index in `entries`, -1: nobody's. */
  table: Int16Array;
};

export function compilePlan(wire: PlanWire, podsOf: (service: string) => PodSet, metrics: RequestMetrics): Plan {
  const { environment, endpoint } = wire;
  const entries = wire.entries.map((entry): Entry => {
    const { revision, model, version, role, shadowBps } = entry;
    const counted = metrics.entry({ environment, endpoint, revision, model, version });
    if (role === "live") counted.expectCallers();
    return {
      revision,
      revisionText: String(revision),
      version,
      role,
      share: role === "live" ? shareOf(entry) : 0,
      shadowBps,
      pods: podsOf(entry.service),
      metrics: counted,
    };
  });
  return {
    wire,
    numberText: String(wire.number),
    entries,
    shadows: entries.filter((entry) => entry.role === "shadow" && entry.shadowBps > 0),
    fallbacks: entries.filter((entry) => entry.share > 0).sort((a, b) => b.share - a.share),
    table: bucketTable(wire.entries),
  };
}
