import { LABEL } from "#domain/shared/cluster-names.ts";
import type { EndpointState } from "#server/db/reconcile/endpoint-state.ts";
import type { ClusterObject } from "#server/ports/cluster.ts";
import { installationSelector, type Scope } from "#worker/runtime/scope.ts";
import type { PlanObject } from "./endpoint-plan.ts";
import { type Run, refOf } from "./ensure.ts";

const KINDS = [
  { apiVersion: "v1", kind: "ConfigMap" },
  { apiVersion: "apps/v1", kind: "Deployment" },
  { apiVersion: "v1", kind: "Service" },
  { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
  { apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
];

/**
 * Removes a deleted endpoint's objects, found by a fresh read of what carries our installation's and this endpoint's
 * labels: the plan first, with which all that it owns goes, then what has lost its owner. True once nothing is left.
 */
export async function purgeEndpoint(run: Run, scope: Scope, state: EndpointState, plan: PlanObject): Promise<boolean> {
  run.failpoint("before-purge");
  if (plan.kind === "ours") await remove(run, scope, plan.object);
  const left = await listObjects(run, scope, state.uid);
  const planUid = plan.kind === "ours" ? plan.object.metadata.uid : null;
  for (const object of left) {
    const isOwned = object.metadata.ownerReferences?.some(({ uid }) => uid === planUid) ?? false;
    if (!isOwned && object.metadata.deletionTimestamp === undefined) await remove(run, scope, object);
  }
  run.failpoint("after-purge");
  return left.length === 0;
}

async function listObjects(run: Run, scope: Scope, endpointUid: string): Promise<ClusterObject[]> {
  const labelSelector = `${installationSelector(run.installationId)},${LABEL.endpointUid}=${endpointUid}`;
  const lists = KINDS.map((kind) => scope.cluster.list({ ...kind, namespace: scope.namespace, labelSelector }));
  return (await Promise.all(lists)).flat();
}

async function remove(run: Run, scope: Scope, object: ClusterObject): Promise<void> {
  run.tally.writes += 1;
  run.metrics.clusterWrites.inc({ kind: object.kind });
  await scope.cluster.delete(refOf(object), object.metadata.uid);
}
