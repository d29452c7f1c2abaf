import { planConfigMapName } from "#domain/shared/cluster-names.ts";
import type { PlanRecord } from "#domain/traffic/plan-record.ts";
import { decidePublish, type PublishDecision, type RevisionReadiness } from "#domain/traffic/publish.ts";
import { type PlanWire, planWireSchema } from "#domain/traffic/wire.ts";
import { planConfigMap } from "#k8s/manifests/plan.ts";
import type { EndpointState, PlanRow } from "#server/db/reconcile/endpoint-state.ts";
import { newestPlanNumber } from "#server/db/reconcile/endpoint-state.ts";
import { ClusterError, type ClusterObject } from "#server/ports/cluster.ts";
import type { Scope } from "#worker/runtime/scope.ts";
import { type Ensured, ensureObject, findLive, type Run, whyNotOurs } from "./ensure.ts";
import { manifestScope, planWire } from "./render.ts";

/** The endpoint's ConfigMap as it is in the cluster. `number` null: its content is not a plan. */
export type PlanObject =
  | { kind: "ours"; object: ClusterObject; number: number | null; decidedAt: string | null; conflict: string | null }
  | { kind: "foreign"; why: string }
  /** Deleted, or never made. */
  | { kind: "none" };

export const planRecord = (plan: PlanRow): PlanRecord => ({
  number: plan.number,
  kind: plan.kind,
  state: plan.state,
  entries: plan.entries,
  rolledBackFrom: plan.rolledBackFrom,
  repeatsPlan: plan.repeatsPlan,
  decidedAt: plan.decidedAt,
  supersededAt: plan.supersededAt,
});

/** Finds the ConfigMap, or makes it with number 0: it owns everything else. A deleted endpoint gets none anew. */
export async function ensurePlanObject(run: Run, scope: Scope, state: EndpointState): Promise<PlanObject> {
  const zero = configMap(run, state, null, null);
  const name = planConfigMapName(state.name);
  const live = await findLive(scope, { apiVersion: "v1", kind: "ConfigMap", namespace: scope.namespace, name });
  if (live !== null) {
    const why = whyNotOurs(zero, live);
    if (why !== null) return { kind: "foreign", why };
    return { kind: "ours", object: live, ...contentOf(live), conflict: null };
  }
  if (state.plans[0]?.kind === "delete") return { kind: "none" };
  run.failpoint("before-plan-zero");
  const made = await ensureObject(run, scope, zero, null);
  run.failpoint("after-plan-zero");
  return asPlanObject(made);
}

export type Published = Readonly<{ decision: PublishDecision | null; plan: PlanObject }>;

/**
 * Brings the newest plan to the routers if it may go, and puts right what somebody changed by hand. Writes only over
 * the version it has read. Throws ClusterError, `conflict` when there is a newer one.
 */
export async function publishPlan(
  run: Run,
  scope: Scope,
  state: EndpointState,
  current: Extract<PlanObject, { kind: "ours" }>,
  readiness: readonly RevisionReadiness[],
): Promise<Published> {
  const [newest] = state.plans;
  const decision =
    newest === undefined
      ? current.number !== null && current.number > 0
        ? ({ kind: "stop", reason: "DatabaseBehindCluster", clusterPlan: current.number } as const)
        : null
      : decidePublish({
          plan: planRecord(newest),
          publishWhen: newest.publishWhen,
          clusterPlan: current.number,
          clusterDecidedAt: current.decidedAt,
          readiness,
          now: state.now,
        });
  if (decision?.kind === "stop") {
    await refuseIfOutdated(run, state, decision.clusterPlan);
    return { decision, plan: current };
  }
  const isNew = decision?.kind === "publish";
  const wanted = isNew ? newest : state.plans.find((plan) => plan.number === current.number);
  if (!isNew && wanted === undefined && current.number !== 0) return { decision, plan: current };
  const manifest = configMap(run, state, wanted ?? null, current.object);
  if (isNew) run.failpoint("before-publish");
  const ensured = await ensureObject(run, scope, manifest, current.object);
  if (isNew) run.failpoint("after-publish");
  return { decision, plan: asPlanObject(ensured) };
}

/** What looks like an old database may be an old read of it: another worker may have gone on. */
async function refuseIfOutdated(run: Run, state: EndpointState, clusterPlan: number): Promise<void> {
  // Of one number only one was decided here, whenever this was read.
  if (state.plans[0]?.number === clusterPlan) return;
  if ((await newestPlanNumber(run.db, state.uid)) >= clusterPlan)
    throw new ClusterError("conflict", `plan ${clusterPlan} of ${state.name} was decided after this was read`);
}

function configMap(run: Run, state: EndpointState, plan: PlanRow | null, live: ClusterObject | null) {
  const precondition =
    live === null ? null : { uid: live.metadata.uid, resourceVersion: live.metadata.resourceVersion };
  return planConfigMap(manifestScope(run, state.environment), planWire(state, plan), precondition);
}

const asPlanObject = (ensured: Ensured): PlanObject =>
  ensured.kind === "foreign"
    ? ensured
    : {
        kind: "ours",
        object: ensured.object,
        ...contentOf(ensured.object),
        conflict: ensured.kind === "written" ? ensured.conflict : null,
      };

function contentOf(live: ClusterObject): Pick<Extract<PlanObject, { kind: "ours" }>, "number" | "decidedAt"> {
  const wire = wireOf(live);
  return { number: wire?.number ?? null, decidedAt: wire?.decidedAt ?? null };
}

/** The plan that a ConfigMap holds; null: it holds none. */
export function wireOf(live: ClusterObject): PlanWire | null {
  const data = live.data as { plan?: unknown } | undefined;
  if (typeof data?.plan !== "string") return null;
  try {
    return planWireSchema.parse(JSON.parse(data.plan));
  } catch {
    return null;
  }
}
