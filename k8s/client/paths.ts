import type { ObjectQuery, ObjectRef } from "./objects.ts";

/** Kinds we speak of, so that no discovery request stands between a change and its effect. */
const PLURALS: Readonly<Record<string, string>> = {
  "v1/ConfigMap": "configmaps",
  "v1/Event": "events",
  "v1/Node": "nodes",
  "v1/Namespace": "namespaces",
  "v1/PersistentVolumeClaim": "persistentvolumeclaims",
  "v1/Pod": "pods",
  "v1/Secret": "secrets",
  "v1/Service": "services",
  "v1/ServiceAccount": "serviceaccounts",
  "apps/v1/Deployment": "deployments",
  "apps/v1/ReplicaSet": "replicasets",
  "autoscaling/v2/HorizontalPodAutoscaler": "horizontalpodautoscalers",
  "coordination.k8s.io/v1/Lease": "leases",
  "discovery.k8s.io/v1/EndpointSlice": "endpointslices",
  "monitoring.coreos.com/v1/PodMonitor": "podmonitors",
  "networking.k8s.io/v1/NetworkPolicy": "networkpolicies",
  "policy/v1/PodDisruptionBudget": "poddisruptionbudgets",
  "rbac.authorization.k8s.io/v1/Role": "roles",
  "rbac.authorization.k8s.io/v1/RoleBinding": "rolebindings",
};

export const groupPath = (apiVersion: string): string =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

function pluralOf({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  const plural = PLURALS[`${apiVersion}/${kind}`];
  if (plural === undefined) throw new Error(`k8s/client/paths.ts does not know the kind ${apiVersion} ${kind}`);
  return plural;
}

export function collectionPath(query: Pick<ObjectQuery, "apiVersion" | "kind" | "namespace">): string {
  const plural = pluralOf(query);
  const inside = query.namespace === undefined ? "" : `/namespaces/${encodeURIComponent(query.namespace)}`;
  return `${groupPath(query.apiVersion)}${inside}/${plural}`;
}

export const objectPath = (ref: ObjectRef): string => `${collectionPath(ref)}/${encodeURIComponent(ref.name)}`;

/** For messages: `Deployment slipway/router`. */
export const describe = (ref: Pick<ObjectRef, "kind" | "namespace"> & { name?: string }): string =>
  [ref.kind, [ref.namespace, ref.name].filter((part) => part !== undefined).join("/")].join(" ").trim();
