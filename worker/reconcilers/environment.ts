import { ARTIFACTS_NAME, LABEL, ROUTER_NAME } from "#domain/shared/cluster-names.ts";
import { environmentObjects } from "#k8s/manifests/environment.ts";
import type { Manifest } from "#k8s/manifests/manifest.ts";
import { type ConditionReport, conditionDiffers } from "#server/db/reconcile/conditions.ts";
import { type EnvironmentState, loadEnvironment, reportEnvironment } from "#server/db/reconcile/environment-state.ts";
import { isClusterError } from "#server/ports/cluster.ts";
import { endpointKey } from "#worker/runtime/keys.ts";
import type { Outcome } from "#worker/runtime/queue.ts";
import type { Scope } from "#worker/runtime/scope.ts";
import { ensureObject, type Run } from "./ensure.ts";
import { purgeEnvironment } from "./environment-purge.ts";
import { askCluster } from "./environment-questions.ts";
import { replicasOf } from "./observe.ts";
import { artifactTokens, manifestScope } from "./render.ts";

const DONE: Outcome = { againInMs: null };
const ARTIFACTS_SIZE = "100Gi";

/** Routers and artifact store of an environment, and what is found in its namespace that has no row. */
export async function reconcileEnvironment(run: Run, id: string): Promise<Outcome> {
  const state = await loadEnvironment(run.db, id);
  if (state === null || state.status?.purgedAt != null) {
    run.scopes.closeEnvironment(id);
    return DONE;
  }
  if (state.rival !== null) return keepOff(run, state, state.rival);
  const scope = run.scopes.open(state);
  if (scope === null) {
    const { name, unreachable } = state.cluster;
    const why = unreachable ?? `The worker is not connected to the cluster ${name} yet.`;
    await report(run, state, state.status?.routersReady ?? 0, [reachable(state, why)]);
    return DONE;
  }
  if (state.removedAt !== null) return purgeEnvironment(run, scope, state, await manifestsOf(run, scope, state));
  const { synced, error } = scope.fresh();
  if (!synced) {
    // Without an error the first lists are only under way.
    if (error !== null) await report(run, state, state.status?.routersReady ?? 0, [reachable(state, error)]);
    return DONE;
  }
  // Images and how much is kept warm are its endpoints' too.
  if (state.status !== null && state.status.observedGeneration !== state.generation)
    for (const { uid } of state.endpoints) run.queue.add(endpointKey(uid), "change");
  const made = await ensureObjects(run, scope, await manifestsOf(run, scope, state));
  const asked = await askCluster(run, scope, state);
  const routers = replicasOf(scope.find(deployment(scope, ROUTER_NAME)));
  const store = replicasOf(scope.find(deployment(scope, ARTIFACTS_NAME)));
  await report(run, state, routers.ready, [
    reachable(state, error),
    countCondition(state, "RoutersReady", routers, "routers"),
    countCondition(state, "ArtifactStoreReady", store, "pods of the artifact store"),
    ...complaint(state, "Blocked", "NotOurs", made.foreign, "Free"),
    ...(stillSaid(state, made.conflicts)
      ? []
      : complaint(state, "FieldConflict", "TakenBack", made.conflicts, "Unchallenged")),
    ...complaint(state, "Degraded", "ReconcileFailed", made.failures, "Reconciled"),
    ...complaint(state, "Orphans", "NoRow", orphansOf(run, scope, state), "None"),
    ...asked,
  ]);
  return made.foreign.length > 0 || made.failures.length > 0 || made.isAway ? { againInMs: RETRY_MS } : DONE;
}

const RETRY_MS = 5_000;

/** Two of us in one namespace would take each other's routers for their own, over and over. */
async function keepOff(run: Run, state: EnvironmentState, rival: string): Promise<Outcome> {
  run.scopes.closeEnvironment(state.id);
  const why = `Environment ${rival} has this namespace already: its cluster is the same as ${state.cluster.name}.`;
  await report(run, state, 0, complaint(state, "Blocked", "SameNamespace", [why], "Free"));
  return { againInMs: KEPT_OFF_MS };
}

const KEPT_OFF_MS = 30_000;

const deployment = ({ namespace }: Scope, name: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace,
  name,
});

const manifestsOf = async (run: Run, scope: Scope, state: EnvironmentState) =>
  environmentObjects(manifestScope(run, state), {
    artifacts: { ...artifactTokens(run.secretKey, state.id), size: ARTIFACTS_SIZE },
    gateway: gatewayOf(state),
    podMonitorLabels: await podMonitorLabels(scope, state),
  });

/** One that cannot be made does not keep the others from being made. */
async function ensureObjects(run: Run, scope: Scope, manifests: readonly Manifest[]) {
  const foreign: string[] = [];
  const conflicts: string[] = [];
  const failures: string[] = [];
  let isAway = false;
  for (const manifest of manifests) {
    try {
      const ensured = await ensureObject(run, scope, manifest);
      if (ensured.kind === "foreign") foreign.push(ensured.why);
      if (ensured.kind === "written" && ensured.conflict !== null) conflicts.push(ensured.conflict);
    } catch (error) {
      // It refused nothing: whether it answers is told by itself.
      if (isClusterError(error, "away")) isAway = true;
      else
        failures.push(`${manifest.kind} ${manifest.metadata.name}: ${error instanceof Error ? error.message : error}.`);
    }
  }
  return { foreign, conflicts, failures, isAway };
}

const SERVICE_TYPES = ["ClusterIP", "NodePort", "LoadBalancer"] as const;

/** A conflict is over the moment we see it: a person still has to be able to read of it. */
const CONFLICT_SHOWN_MS = 600_000;

function stillSaid(state: EnvironmentState, conflicts: readonly string[]): boolean {
  const said = state.conditions.find(({ type, status }) => type === "FieldConflict" && status === "True");
  const isYoung = said !== undefined && state.now.getTime() - said.lastTransitionAt.getTime() < CONFLICT_SHOWN_MS;
  return conflicts.length === 0 && isYoung;
}

/** Where applications reach the routers on this very machine, that port is the one to ask for. */
export function gatewayOf({ serviceType, gatewayUrl }: { serviceType: string; gatewayUrl: string }) {
  const type = SERVICE_TYPES.find((known) => known === serviceType) ?? "ClusterIP";
  const url = new URL(gatewayUrl);
  const isHere = url.hostname === "127.0.0.1" || url.hostname === "localhost";
  return isHere && url.port !== "" ? { serviceType: type, nodePort: Number(url.port) } : { serviceType: type };
}

async function podMonitorLabels(scope: Scope, { podMonitorLabels: labels }: EnvironmentState) {
  if (labels === null) return null;
  return (await scope.cluster.serves({ apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor" })) ? labels : null;
}

/** Objects of ours whose endpoint or revision the database does not know: shown, and never deleted. */
function orphansOf(run: Run, scope: Scope, state: EnvironmentState): string[] {
  const known = new Map(state.endpoints.map(({ uid, revisions }) => [uid, new Set(revisions.map(String))]));
  const { plans, deployments, services } = scope.views;
  const orphans = [plans, deployments, services]
    .flatMap((view) => [...view.objects.values()])
    .filter((object) => {
      const uid = object.metadata.labels?.[LABEL.endpointUid];
      const revision = object.metadata.labels?.[LABEL.revision];
      if (uid === undefined || object.metadata.deletionTimestamp !== undefined) return false;
      const revisions = known.get(uid);
      return revisions === undefined || (revision !== undefined && !revisions.has(revision));
    });
  run.metrics.orphans.set({ environment: state.name }, orphans.length);
  return orphans.map((object) => `${object.kind} ${object.metadata.name}`).sort();
}

const LISTED_MAX = 20;

/** Some of them are sentences of an API server. */
const listed = (messages: readonly string[]): string =>
  messages.map((message) => message.replace(/\.$/, "")).join(", ");

function complaint(
  state: EnvironmentState,
  type: string,
  reason: string,
  messages: readonly string[],
  settled: string,
): ConditionReport[] {
  const base = { type, observedGeneration: state.generation };
  const more = messages.length > LISTED_MAX ? ` and ${messages.length - LISTED_MAX} more` : "";
  if (messages.length > 0)
    return [{ ...base, status: "True", reason, message: listed(messages.slice(0, LISTED_MAX)) + more }];
  const isKnown = state.conditions.some((condition) => condition.type === type);
  return isKnown ? [{ ...base, status: "False", reason: settled, message: "" }] : [];
}

function countCondition(
  state: EnvironmentState,
  type: string,
  { asked, ready }: { asked: number; ready: number },
  what: string,
): ConditionReport {
  const isReady = ready > 0 && ready >= asked;
  const reason = isReady ? "AllReady" : ready > 0 ? "SomeReady" : "NoneReady";
  const message = `${ready} of ${asked} ${what} are ready.`;
  return { type, status: ready > 0 ? "True" : "False", reason, message, observedGeneration: state.generation };
}

/** `error`: why our copies are not current; null when they are. */
export function reachable(state: Pick<EnvironmentState, "generation">, error: string | null): ConditionReport {
  const base = { type: "ClusterReachable", observedGeneration: state.generation };
  if (error === null) return { ...base, status: "True", reason: "Watching", message: "" };
  return { ...base, status: "False", reason: "NoAnswer", message: error };
}

async function report(
  run: Run,
  state: EnvironmentState,
  routersReady: number,
  conditions: readonly ConditionReport[],
): Promise<void> {
  const changed = conditions.filter((condition) =>
    conditionDiffers(
      state.conditions.find(({ type }) => type === condition.type),
      condition,
    ),
  );
  const { status } = state;
  const isSame = status?.observedGeneration === state.generation && status.routersReady === routersReady;
  if (isSame && changed.length === 0) return;
  run.metrics.statusWrites.inc();
  await reportEnvironment(run.db, {
    environmentId: state.id,
    observedGeneration: state.generation,
    routersReady,
    conditions: changed,
  });
}
