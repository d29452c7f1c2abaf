import { COMPONENT, LABEL, planConfigMapName } from "#domain/shared/cluster-names.ts";
import type { PlanWire } from "#domain/traffic/wire.ts";
import { hashed, labelsOf, type Manifest, type OwnerReference, type Scope } from "./manifest.ts";

/**
 * The ConfigMap that routers follow. `precondition` is what the writer last read: uid and resourceVersion of the live
 * object, so that nobody's newer plan is overwritten; null for the first, which must be created.
 */
export function planConfigMap(
  scope: Scope,
  plan: PlanWire,
  precondition: { uid: string; resourceVersion: string } | null,
): Manifest {
  return hashed({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: planConfigMapName(plan.endpoint),
      namespace: scope.namespace,
      labels: {
        ...labelsOf(scope, COMPONENT.plan, plan.endpoint),
        [LABEL.endpoint]: plan.endpoint,
        [LABEL.endpointUid]: plan.endpointUid,
      },
      ...precondition,
    },
    data: { plan: JSON.stringify(plan) },
  });
}

/** Everything of an endpoint goes when its plan goes. */
export const ownedByPlan = (endpoint: string, planUid: string): OwnerReference => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  name: planConfigMapName(endpoint),
  uid: planUid,
});
