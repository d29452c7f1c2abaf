import { planConfigMapName } from "#domain/shared/cluster-names.ts";
import { type Acks, type PlanWire, planWireSchema } from "#domain/traffic/wire.ts";
import type { RequestMetrics } from "../metrics/request-metrics.ts";
import { type PodAddress, PodSet } from "../upstream/pod-set.ts";
import { compilePlan, type Plan } from "./compile.ts";

export type PlanOutcome = { kind: "swapped"; wire: PlanWire } | { kind: "unchanged" | "older" | "unreadable" };

const ACK_KEEP_MS = 60 * 60_000;

/** What a stored plan and the addresses of its pods amount to; what a restarted container begins with. */
export type RoutingState = { plans: PlanWire[]; pods: Record<string, PodAddress[]> };

/**
 * All that requests are routed by. Every change is one synchronous assignment in a single event loop: a request whose
 * handler starts after it sees it, which is what an acknowledgement promises.
 */
export class RoutingTable {
  private readonly plans = new Map<string, Plan>();
  private readonly podSets = new Map<string, PodSet>();
  private readonly swappedAtMs = new Map<string, number>();
  private readonly metrics: RequestMetrics;

  constructor(metrics: RequestMetrics) {
    this.metrics = metrics;
  }

  /** The plan in force, undefined for a name that is no endpoint's or one being removed. */
  find(endpoint: string): Plan | undefined {
    const plan = this.plans.get(endpoint);
    return plan?.wire.deleted === true ? undefined : plan;
  }

  /**
   * Takes over a ConfigMap's `data.plan`. A number below the one in force is ignored for the same endpoint uid; another
   * uid is another endpoint that took the name, whatever its number.
   */
  applyPlan(configMapName: string, text: string | undefined, nowMs: number): PlanOutcome {
    const wire = parsePlan(text);
    if (wire === undefined || planConfigMapName(wire.endpoint) !== configMapName) return { kind: "unreadable" };
    return this.apply(wire, nowMs);
  }

  /** Of how many of the revisions that a plan gives a share a ready pod is known here. */
  podsFor(text: string | undefined): "all" | "some" | "none" {
    const shared = parsePlan(text)?.entries.filter((entry) => entry.role === "live" && entry.ranges.length > 0) ?? [];
    const served = shared.filter((entry) => (this.podSets.get(entry.service)?.size ?? 0) > 0);
    if (served.length === shared.length) return "all";
    return served.length > 0 ? "some" : "none";
  }

  removePlan(configMapName: string): PlanWire | undefined {
    for (const [endpoint, plan] of this.plans) {
      if (planConfigMapName(endpoint) !== configMapName) continue;
      this.plans.delete(endpoint);
      this.swappedAtMs.delete(plan.wire.endpointUid);
      this.sweepPods();
      return plan.wire;
    }
    return undefined;
  }

  setPods(service: string, addresses: readonly PodAddress[]): void {
    this.podsOf(service).replace(addresses);
    if (addresses.length === 0) this.sweepPods();
  }

  /** Plan numbers by endpoint uid for a Lease: those swapped in within the last hour. */
  acks(nowMs: number): Acks {
    const acks: Acks = {};
    for (const { wire } of this.plans.values()) {
      const swappedAt = this.swappedAtMs.get(wire.endpointUid) ?? nowMs;
      if (nowMs - swappedAt <= ACK_KEEP_MS) acks[wire.endpointUid] = wire.number;
    }
    return acks;
  }

  planNames(): string[] {
    return [...this.plans.keys()].map(planConfigMapName);
  }

  services(): string[] {
    return [...this.podSets.keys()];
  }

  pods(): Record<string, PodAddress[]> {
    return Object.fromEntries([...this.podSets].map(([service, set]) => [service, set.addresses()]));
  }

  /** Plans and pods as an earlier container of this pod knew them. */
  restore(state: RoutingState, nowMs: number): void {
    for (const [service, addresses] of Object.entries(state.pods)) this.podsOf(service).replace(addresses);
    for (const wire of state.plans) this.apply(wire, nowMs);
  }

  /** Of each revision that takes a share, under the labels of its other metrics: how many pods may get requests. */
  readyPods(): { labels: string; ready: number }[] {
    return [...this.plans.values()]
      .filter(({ wire }) => !wire.deleted)
      .flatMap(({ fallbacks }) => fallbacks.map(({ metrics, pods }) => ({ labels: metrics.labels, ready: pods.size })));
  }

  retireMetrics(nowMs: number): void {
    const named = [...this.plans.values()].flatMap((plan) => plan.entries.map((entry) => entry.metrics));
    this.metrics.retire(new Set(named), nowMs);
  }

  private apply(wire: PlanWire, nowMs: number): PlanOutcome {
    const before = this.plans.get(wire.endpoint)?.wire;
    if (before?.endpointUid === wire.endpointUid) {
      if (wire.number < before.number) return { kind: "older" };
      // Plans are immutable, so a difference is somebody's hand: all routers shall at least agree on the outcome.
      if (wire.number === before.number && JSON.stringify(wire) === JSON.stringify(before))
        return { kind: "unchanged" };
    }
    if (before !== undefined && before.endpointUid !== wire.endpointUid) this.swappedAtMs.delete(before.endpointUid);
    const plan = compilePlan(wire, (service) => this.podsOf(service), this.metrics);
    this.plans.set(wire.endpoint, plan);
    this.swappedAtMs.set(wire.endpointUid, nowMs);
    return { kind: "swapped", wire };
  }

  private podsOf(service: string): PodSet {
    const known = this.podSets.get(service);
    if (known !== undefined) return known;
    const set = new PodSet();
    this.podSets.set(service, set);
    return set;
  }

  /** A set that a plan holds must stay the one that slices fill: only empty ones that no plan names may go. */
  private sweepPods(): void {
    const named = new Set([...this.plans.values()].flatMap(({ wire }) => wire.entries.map((entry) => entry.service)));
    for (const [service, set] of this.podSets) {
      if (set.size === 0 && !named.has(service)) this.podSets.delete(service);
    }
  }
}

function parsePlan(text: string | undefined): PlanWire | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = planWireSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
