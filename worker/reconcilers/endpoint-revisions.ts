import { LABEL, revisionObjectName } from "#domain/shared/cluster-names.ts";
import { trackProgress } from "#domain/traffic/progress.ts";
import type { RevisionReadiness } from "#domain/traffic/publish.ts";
import { type DesiredReplicas, desiredReplicas } from "#domain/traffic/replicas.ts";
import type { Manifest } from "#k8s/manifests/manifest.ts";
import { revisionObjects } from "#k8s/manifests/revision.ts";
import type { ConditionReport } from "#server/db/reconcile/conditions.ts";
import type { RevisionReport } from "#server/db/reconcile/endpoint-report.ts";
import { type EndpointState, newestPlanNumber, type RevisionRow } from "#server/db/reconcile/endpoint-state.ts";
import type { ClusterObject } from "#server/ports/cluster.ts";
import { artifactKey } from "#worker/runtime/keys.ts";
import type { Scope } from "#worker/runtime/scope.ts";
import { planRecord, wireOf } from "./endpoint-plan.ts";
import { ensureObject, type Run, refOf } from "./ensure.ts";
import { readyPods, replicasOf, troubleOf } from "./observe.ts";
import { manifestScope, revisionInput } from "./render.ts";
import { seePods } from "./revision-pods.ts";

/** One revision: what it should have and what is seen of it. */
export type RevisionSeen = Readonly<{
  row: RevisionRow;
  wish: DesiredReplicas;
  ready: number;
  report: RevisionReport;
}>;

export function seeRevisions(run: Run, state: EndpointState, scope: Scope, clusterPlan: number): RevisionSeen[] {
  const wishes = desiredReplicas({
    history: {
      plans: state.plans.map(planRecord),
      revisions: new Set(state.revisions.map(({ number }) => number)),
      missedHealthTargets: new Set(state.plans.filter((p) => p.missedTargetsAt !== null).map((p) => p.number)),
    },
    fullReplicas: new Map(state.revisions.map((row) => [row.number, row.replicasMin])),
    publishedPlan: clusterPlan,
    warmFullMinutes: state.environment.warmFullMinutes,
    warmReplicas: state.environment.warmReplicas,
    now: state.now,
  });
  const slices = scope.views.slices.labelled(LABEL.endpointUid, state.uid);
  return state.revisions.map((row) => {
    const wish = wishes.get(row.number) ?? { replicas: 0, because: "idle", until: null };
    const ready = readyPods(slices, state.name, row.number);
    const before = row.status && {
      since: row.status.progressSince,
      deadlineMissedAt: row.status.deadlineMissedAt,
      desired: row.status.desiredReplicas,
      ready: row.status.readyReplicas,
    };
    const { since, deadlineMissedAt } = trackProgress(before, { desired: wish.replicas, ready }, state.now);
    const report = {
      ...seePods(run, scope, state, row, wish.replicas > ready),
      revisionId: row.id,
      desiredReplicas: wish.replicas,
      readyReplicas: ready,
      progressSince: since,
      deadlineMissedAt,
    };
    return { row, wish, ready, report };
  });
}

export const readinessOf = (seen: readonly RevisionSeen[]): RevisionReadiness[] =>
  seen.map(({ row, wish, ready, report }) => ({
    revision: row.number,
    ready,
    desired: wish.replicas,
    progressSince: report.progressSince,
  }));

export type RevisionOutcome = Readonly<{
  conditions: readonly ConditionReport[];
  conflicts: readonly string[];
  foreign: readonly string[];
  /** A scale-down was put off: what it was decided on has changed. */
  putOff: boolean;
}>;

export const NOTHING_MADE: RevisionOutcome = { conditions: [], conflicts: [], foreign: [], putOff: false };

/** Whether a scale-down of these revisions still stands; asked of cluster and database at most once per reconcile. */
export type MayScaleDown = (revision: number) => Promise<boolean>;

/** Makes the objects of one revision, once its artifact is where its pods will fetch it. */
export async function ensureRevision(
  run: Run,
  scope: Scope,
  state: EndpointState,
  plan: ClusterObject,
  seen: RevisionSeen,
  mayScaleDown: MayScaleDown,
): Promise<RevisionOutcome> {
  const { row, wish } = seen;
  const name = revisionObjectName(state.name, row.number);
  const deployment = scope.find({ apiVersion: "apps/v1", kind: "Deployment", namespace: scope.namespace, name });
  if (wish.replicas === 0 && deployment == null) return NOTHING_MADE;
  const artifact = wish.replicas > 0 ? artifactCondition(run, state, row) : null;
  const conditions = [artifact, readyCondition(scope, state, seen)].filter((condition) => condition !== null);
  const isStored = run.presence.of(state.environment.id, row.digest).kind === "present";
  if (deployment == null && !isStored) return { ...NOTHING_MADE, conditions };

  const asked = deployment == null ? 0 : replicasOf(deployment).asked;
  const shrinks = asked > wish.replicas && (row.replicasMax === row.replicasMin || wish.replicas === 0);
  // Down to what a plan that names it needs, whatever the newest one says: nobody can be short of a pod by that.
  const putOff = shrinks && wish.replicas < row.replicasMin && !(await mayScaleDown(row.number));
  const replicas = putOff ? asked : wish.replicas;
  if (shrinks && !putOff) run.failpoint("before-scale-down");
  const input = revisionInput({ name: state.name, uid: state.uid }, plan.metadata.uid, row, replicas);
  const manifests = revisionObjects(manifestScope(run, state.environment), input);
  const made = await ensureAll(run, scope, manifests);
  if (row.replicasMax > row.replicasMin) await scaleAutoscaled(run, scope, made.deployment, replicas);
  if (shrinks && !putOff) run.failpoint("after-scale-down");
  return { conditions, conflicts: made.conflicts, foreign: made.foreign, putOff };
}

async function ensureAll(run: Run, scope: Scope, manifests: readonly Manifest[]) {
  const conflicts: string[] = [];
  const foreign: string[] = [];
  let deployment: ClusterObject | null = null;
  const writesBefore = run.tally.writes;
  run.failpoint("before-revision-objects");
  for (const manifest of manifests) {
    const ensured = await ensureObject(run, scope, manifest);
    if (ensured.kind === "foreign") foreign.push(ensured.why);
    else if (manifest.kind === "Deployment") deployment = ensured.object;
    if (ensured.kind === "written" && ensured.conflict !== null) conflicts.push(ensured.conflict);
    if (run.tally.writes > writesBefore) run.failpoint("between-revision-objects");
  }
  if (run.tally.writes > writesBefore) run.failpoint("after-revision-objects");
  return { conflicts, foreign, deployment };
}

/** With an autoscaler the manifest names no replicas: ours are only waking from 0, going to 0, and the first number. */
async function scaleAutoscaled(
  run: Run,
  scope: Scope,
  deployment: ClusterObject | null,
  replicas: number,
): Promise<void> {
  if (deployment === null) return;
  const { asked } = replicasOf(deployment);
  if (replicas === 0 ? asked === 0 : asked >= replicas) return;
  run.tally.writes += 1;
  run.metrics.clusterWrites.inc({ kind: "Scale" });
  await scope.cluster.scale(refOf(deployment), replicas);
}

function artifactCondition(run: Run, state: EndpointState, row: RevisionRow): ConditionReport {
  const presence = run.presence.of(state.environment.id, row.digest);
  const base = { type: "ArtifactPresent", observedGeneration: state.generation };
  if (presence.kind === "present")
    return { ...base, status: "True", reason: "Stored", message: "The artifact store of the environment has it." };
  run.presence.wait(state.environment.id, row.digest, state.uid);
  run.queue.add(artifactKey(state.environment.id, row.digest), "event");
  // Between a start of this worker and its first look, what was known holds.
  const known = state.conditions.find((c) => c.subjectId === row.id && c.type === "ArtifactPresent");
  if (presence.kind === "unknown" && known?.status === "True")
    return { ...base, status: "True", reason: known.reason, message: known.message };
  const message = presence.kind === "absent" ? presence.why : "The artifact is on its way to the environment's store.";
  return { ...base, status: "False", reason: "NotYetStored", message };
}

function readyCondition(scope: Scope, state: EndpointState, { row, wish, ready }: RevisionSeen): ConditionReport {
  const base = { type: "Ready", observedGeneration: state.generation };
  if (wish.replicas === 0)
    return { ...base, status: "False", reason: "NotNeeded", message: "No plan names it, so it has no pods." };
  const count =
    ready > wish.replicas
      ? `${ready} pods are ready, ${wish.replicas} wanted.`
      : `${ready} of ${wish.replicas} pods are ready.`;
  if (ready >= wish.replicas) return { ...base, status: "True", reason: "PodsReady", message: count };
  const pods = scope.views.pods
    .labelled(LABEL.endpointUid, state.uid)
    .filter((pod) => pod.metadata.labels?.[LABEL.revision] === String(row.number));
  const trouble = troubleOf(pods);
  const status = ready > 0 ? "True" : "False";
  if (trouble !== null) return { ...base, status, reason: trouble.reason, message: `${count} ${trouble.message}` };
  return { ...base, status, reason: "Starting", message: count };
}

/**
 * Fresh reads before pods go: what the cluster's plan says now, and whether a newer one was decided since this was
 * loaded. A rollback that is just being decided must find its target warm.
 */
export function scaleDownCheck(run: Run, scope: Scope, state: EndpointState, plan: ClusterObject): MayScaleDown {
  let named: Promise<ReadonlySet<number> | null> | undefined;
  const read = async () => {
    const live = await scope.cluster.get(refOf(plan));
    if (live === null || live.metadata.uid !== plan.metadata.uid) return null;
    const wire = wireOf(live);
    const newest = await newestPlanNumber(run.db, state.uid);
    if (wire === null || newest !== (state.plans[0]?.number ?? 0) || wire.number > newest) return null;
    return new Set(wire.entries.map((entry) => entry.revision));
  };
  return async (revision) => {
    named ??= read();
    const inPlan = await named;
    return inPlan !== null && !inPlan.has(revision);
  };
}
