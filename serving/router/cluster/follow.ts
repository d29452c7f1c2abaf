import { setTimeout as delay } from "node:timers/promises";
import { COMPONENT, LABEL } from "#domain/shared/cluster-names.ts";
import { isKubeError } from "#k8s/client/errors.ts";
import type { Kube } from "#k8s/client/kube.ts";
import type { LiveObject } from "#k8s/client/objects.ts";
import type { Change } from "#k8s/client/replica.ts";
import { type ResourceWatch, watchResource } from "#k8s/client/watch.ts";
import type { Config } from "../config.ts";
import { log } from "../log.ts";
import type { RoutingTable } from "../plans/routing-table.ts";
import type { StateDir } from "../plans/state-dir.ts";
import type { Freshness } from "../router.ts";
import { type Acknowledger, startAcknowledger } from "./acknowledge.ts";
import { acknowledges, type OwnLease, ownLease } from "./lease.ts";
import { readyPods, serviceOf } from "./slices.ts";

const LEASE_READ_EVERY_MS = 2_000;
/** Between two fresh starts with an API that stays silent, doubling: a slow list must be able to arrive. */
const RECONNECT_MS_MIN = 4_000;
const RECONNECT_MS_MAX = 16_000;
/** How long a plan of which a part can be served waits for slices that ought to have come before it. */
const SLICES_WAIT_MS = 1_000;
const SAVE_PODS_AFTER_MS = 200;
/** A rollback waits for routers: they ask a recovering API more often than others need to. */
const PACE = { backoffMsMax: 1_000 };

export type ClusterLink = Freshness & { stop(): void };
type Deps = { kube: Kube; config: Config; table: RoutingTable; state: StateDir };

/** Keeps the routing table as the cluster says, acknowledges what it took over, and never gives up on the API. */
export function followCluster({ kube, config, table, state }: Deps): ClusterLink {
  const { namespace } = config.pod;
  const select = (component: string) => `${LABEL.installation}=${config.installation},${LABEL.component}=${component}`;
  const plans = watchResource(
    kube,
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      namespace,
      labelSelector: select(COMPONENT.plan),
    },
    PACE,
  );
  const slices = watchResource(
    kube,
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      namespace,
      labelSelector: select(COMPONENT.model),
    },
    PACE,
  );
  const lease = ownLease(kube, config);
  const acknowledger = startAcknowledger({
    acks: () => table.acks(performance.now()),
    persisted: state.settled,
    write: lease.write,
    onError: (error) => log.warn({ err: error }, "acknowledgement not written yet"),
  });
  const stopped = new AbortController();
  const link: Link = {
    kube,
    table,
    state,
    plans,
    slices,
    lease,
    acknowledger,
    synced: false,
    freshAtMs: 0,
    savingPods: undefined,
  };
  const restored = table.planNames().length > 0;
  followPlans(link);
  followSlices(link);
  void begin(link, stopped.signal);
  return {
    // A restarted container whose API is away serves what its predecessor knew; one that can ask, asks first.
    ready: () => link.synced || (restored && (plans.fresh().error ?? slices.fresh().error) !== null),
    stalenessSeconds: () => (performance.now() - link.freshAtMs) / 1_000,
    stop() {
      stopped.abort();
      clearTimeout(link.savingPods);
      acknowledger.stop();
      plans.stop();
      slices.stop();
    },
  };
}

type Link = Omit<Deps, "config"> & {
  plans: ResourceWatch;
  slices: ResourceWatch;
  lease: OwnLease;
  acknowledger: Acknowledger;
  /** Both lists were taken in once. */
  synced: boolean;
  /** By `performance.now()`, whose zero is the start of the process. */
  freshAtMs: number;
  savingPods: NodeJS.Timeout | undefined;
};

async function begin(link: Link, signal: AbortSignal): Promise<void> {
  const { table, plans, slices, acknowledger } = link;
  try {
    await Promise.all([plans.waitForSync(signal), slices.waitForSync(signal)]);
  } catch {
    return;
  }
  // What an earlier container knew and the cluster no longer has.
  const listed = new Set([...plans.store.values()].map(({ metadata }) => metadata.name));
  for (const name of table.planNames()) if (!listed.has(name)) removePlan(link, name);
  takePods(link, new Set([...table.services(), ...[...slices.store.values()].flatMap((s) => serviceOf(s) ?? [])]));
  for (const key of plans.store.keys()) applyPlan(link, key);
  savePodsSoon(link);
  link.synced = true;
  link.freshAtMs = performance.now();
  log.info({ plans: listed.size, slices: slices.store.size }, "plans and pods listed");
  acknowledger.changed();
  await watchOwnLease(link, signal);
}

/** A read without an answer is the fastest sign of dead connections: watches alone would notice after half a minute. */
async function watchOwnLease(link: Link, signal: AbortSignal): Promise<void> {
  const { kube, table, state, plans, slices, lease, acknowledger } = link;
  let reconnectedAtMs = Number.NEGATIVE_INFINITY;
  let pauseMs = 0;
  const isCurrent = (watch: ResourceWatch) => {
    const { error, staleMs } = watch.fresh();
    return error === null && staleMs < performance.now() - reconnectedAtMs;
  };
  while (!signal.aborted) {
    await delay(LEASE_READ_EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    // A disk that was full may have room by now.
    state.settled().catch((error: unknown) => log.error({ err: error }, "an older plan cannot be removed"));
    try {
      const said = await lease.read();
      if (said === null || !acknowledges(said, table.acks(performance.now()))) acknowledger.changed();
      if (!isCurrent(plans) || !isCurrent(slices)) continue;
      link.freshAtMs = performance.now();
      pauseMs = 0;
    } catch (error) {
      if (signal.aborted) return;
      // An answer, be it a refusal, came over a connection that lives.
      if ((isKubeError(error) && error.status !== null) || performance.now() - reconnectedAtMs < pauseMs) {
        log.warn({ err: error }, "own lease not readable");
        continue;
      }
      log.warn({ err: error }, "own lease not readable: connecting to the API anew");
      reconnectedAtMs = performance.now();
      pauseMs = Math.min(Math.max(2 * pauseMs, RECONNECT_MS_MIN), RECONNECT_MS_MAX);
      kube.dropConnections();
      for (const watch of [plans, slices]) watch.relist(signal).catch(() => {});
    }
  }
}

function followPlans(link: Link): void {
  link.plans.onChange((changes) => {
    // Before both lists are in, `begin` takes all over at once: a plan without its pods would refuse requests.
    if (!link.synced) return;
    for (const change of changes) {
      if (change.type === "deleted") removePlan(link, change.object.metadata.name);
      else if (podsFor(link, change.key) !== "all") void applyAfterSlices(link, change.key);
      else applyPlan(link, change.key);
    }
  });
}

/** The cluster gives a share only to what has ready pods: when we see none, our slices may be behind our plans. */
function podsFor({ table, plans }: Link, key: string): "all" | "some" | "none" {
  const configMap = plans.store.get(key);
  return configMap === undefined ? "all" : table.podsFor(planText(configMap));
}

/**
 * Of a plan that cannot be served at all, an acknowledgement would promise refusals: it waits for the slices as long as
 * they take, and the plan before it goes on. One that can be served in part has fallbacks for the rest.
 */
async function applyAfterSlices(link: Link, key: string): Promise<void> {
  // Rejected only by stop.
  const listed = link.slices.relist().catch(() => {});
  await Promise.race([listed, delay(SLICES_WAIT_MS, undefined, { ref: false })]);
  if (podsFor(link, key) === "none") await listed;
  applyPlan(link, key);
}

/** Takes over what the store holds now, which may be newer than the change that asked for it. */
function applyPlan({ table, plans, state, acknowledger }: Link, key: string): void {
  const configMap = plans.store.get(key);
  if (configMap === undefined) return;
  const { name } = configMap.metadata;
  const outcome = table.applyPlan(name, planText(configMap), performance.now());
  if (outcome.kind === "swapped") {
    const { endpoint, number } = outcome.wire;
    state.savePlan(outcome.wire).catch((error: unknown) => log.error({ err: error, endpoint }, "plan not saved"));
    acknowledger.changed();
    log.info({ endpoint, plan: number }, "plan in force");
  } else if (outcome.kind === "unreadable") log.error({ configMap: name }, "plan ignored: not readable");
  else if (outcome.kind === "older") log.warn({ configMap: name }, "plan ignored: older than the one in force");
}

function removePlan({ table, state }: Link, name: string): void {
  const wire = table.removePlan(name);
  if (wire === undefined) return;
  state.removePlan(wire.endpoint).catch((error: unknown) => log.error({ err: error }, "plan file not removed"));
  log.info({ endpoint: wire.endpoint }, "endpoint gone");
}

function followSlices(link: Link): void {
  link.slices.onChange((changes) => {
    if (!link.synced) return;
    takePods(link, new Set(changes.flatMap(servicesOf)));
    savePodsSoon(link);
  });
}

const servicesOf = (change: Change): string[] => [
  ...(serviceOf(change.object) === undefined ? [] : [serviceOf(change.object) ?? ""]),
  ...(change.type === "modified" && serviceOf(change.previous) !== undefined ? [serviceOf(change.previous) ?? ""] : []),
];

function takePods({ table, slices }: Link, services: ReadonlySet<string>): void {
  for (const [service, pods] of readyPods(slices.store.values(), services)) table.setPods(service, pods);
}

/** A rollout changes slices many times a second; the file need not follow each. */
function savePodsSoon(link: Link): void {
  link.savingPods ??= setTimeout(() => {
    link.savingPods = undefined;
    const { table, state } = link;
    state.savePods(table.pods()).catch((error: unknown) => log.error({ err: error }, "pod addresses not saved"));
  }, SAVE_PODS_AFTER_MS);
}

function planText(configMap: LiveObject): string | undefined {
  const { data } = configMap;
  if (typeof data !== "object" || data === null || !("plan" in data)) return undefined;
  return typeof data.plan === "string" ? data.plan : undefined;
}
