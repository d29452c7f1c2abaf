/** One kind this API serves. `name` is how the store and error messages call it: `pods`, `deployments.apps`. */
export type Resource = {
  name: string;
  plural: string;
  singular: string;
  kind: string;
  group: string;
  version: string;
  namespaced: boolean;
  shortNames: readonly string[];
  /** In `kubectl get all`. */
  inAll: boolean;
  subresources: readonly ("status" | "scale" | "log" | "eviction" | "finalize" | "token")[];
  /** Has `metadata.generation`, raised by every change outside metadata and status. */
  generation: boolean;
};

type Extra = Partial<Pick<Resource, "shortNames" | "inAll" | "subresources" | "generation" | "namespaced">>;

function resource(group: string, version: string, plural: string, kind: string, extra: Extra = {}): Resource {
  const singular = kind.toLowerCase();
  return {
    name: group ? `${plural}.${group}` : plural,
    plural,
    singular,
    kind,
    group,
    version,
    namespaced: extra.namespaced ?? true,
    shortNames: extra.shortNames ?? [],
    inAll: extra.inAll ?? false,
    subresources: extra.subresources ?? [],
    generation: extra.generation ?? false,
  };
}

/** The closed list. Anything else is a 404. */
export const RESOURCES: readonly Resource[] = [
  resource("", "v1", "configmaps", "ConfigMap", { shortNames: ["cm"] }),
  resource("", "v1", "endpoints", "Endpoints", { shortNames: ["ep"] }),
  resource("", "v1", "events", "Event", { shortNames: ["ev"] }),
  resource("", "v1", "namespaces", "Namespace", {
    namespaced: false,
    shortNames: ["ns"],
    subresources: ["finalize", "status"],
  }),
  resource("", "v1", "nodes", "Node", { namespaced: false, shortNames: ["no"], subresources: ["status"] }),
  resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", {
    shortNames: ["pvc"],
    subresources: ["status"],
  }),
  resource("", "v1", "pods", "Pod", {
    shortNames: ["po"],
    inAll: true,
    subresources: ["eviction", "log", "status"],
    generation: true,
  }),
  resource("", "v1", "secrets", "Secret"),
  resource("", "v1", "serviceaccounts", "ServiceAccount", { shortNames: ["sa"], subresources: ["token"] }),
  resource("", "v1", "services", "Service", { shortNames: ["svc"], inAll: true, subresources: ["status"] }),
  resource("apps", "v1", "deployments", "Deployment", {
    shortNames: ["deploy"],
    inAll: true,
    subresources: ["scale", "status"],
    generation: true,
  }),
  resource("apps", "v1", "replicasets", "ReplicaSet", {
    shortNames: ["rs"],
    inAll: true,
    subresources: ["scale", "status"],
    generation: true,
  }),
  resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", {
    shortNames: ["hpa"],
    inAll: true,
    subresources: ["status"],
  }),
  resource("batch", "v1", "jobs", "Job", { inAll: true, subresources: ["status"], generation: true }),
  resource("networking.k8s.io", "v1", "ingresses", "Ingress", {
    shortNames: ["ing"],
    subresources: ["status"],
    generation: true,
  }),
  resource("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", { shortNames: ["netpol"], generation: true }),
  resource("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", {
    shortNames: ["pdb"],
    subresources: ["status"],
    generation: true,
  }),
  resource("rbac.authorization.k8s.io", "v1", "roles", "Role"),
  resource("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
  resource("coordination.k8s.io", "v1", "leases", "Lease"),
  resource("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", { generation: true }),
  resource("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", {
    namespaced: false,
    shortNames: ["crd", "crds"],
    subresources: ["status"],
    generation: true,
  }),
  resource("monitoring.coreos.com", "v1", "podmonitors", "PodMonitor", { shortNames: ["pmon"], generation: true }),
];

const byName = new Map(RESOURCES.map((entry) => [entry.name, entry]));
const byPath = new Map(RESOURCES.map((entry) => [`${entry.group}/${entry.version}/${entry.plural}`, entry]));
const byKind = new Map(RESOURCES.map((entry) => [`${apiVersionOf(entry)}/${entry.kind}`, entry]));

export function apiVersionOf(entry: Pick<Resource, "group" | "version">): string {
  return entry.group ? `${entry.group}/${entry.version}` : entry.version;
}

/** Throws on a name outside the table: only our own code passes these. */
export function resourceOf(name: string): Resource {
  const found = byName.get(name);
  if (!found) throw new Error(`no resource named ${name}`);
  return found;
}

export const resourceByPath = (group: string, version: string, plural: string): Resource | undefined =>
  byPath.get(`${group}/${version}/${plural}`);

export const resourceByKind = (apiVersion: string, kind: string): Resource | undefined =>
  byKind.get(`${apiVersion}/${kind}`);
