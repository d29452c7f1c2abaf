/** What one may do, as RBAC has it. `name` limits it to one object. */
export type Right = Readonly<{ verb: string; group: string; resource: string; name?: string }>;

/** A rule as SelfSubjectRulesReview answers it; `*` stands for all. */
export type AccessRule = Readonly<{
  verbs: readonly string[];
  apiGroups: readonly string[];
  resources: readonly string[];
  /** Absent or empty: of any name. */
  resourceNames?: readonly string[];
}>;

const READ = ["list", "watch"];
const WRITE = ["get", "create", "patch", "delete"];
const ARTIFACTS_SECRET = "slipway-artifacts";

// The same as k8s/install/environment/worker-rights.yaml grants: a test holds them together.
const NEEDED: readonly (readonly [group: string, resources: readonly string[], verbs: readonly string[]])[] = [
  ["", ["configmaps", "services"], [...READ, ...WRITE]],
  ["", ["persistentvolumeclaims"], WRITE],
  ["", ["secrets"], ["create"]],
  ["apps", ["deployments"], [...READ, ...WRITE]],
  ["apps", ["deployments/scale"], ["patch"]],
  ["autoscaling", ["horizontalpodautoscalers"], [...READ, ...WRITE]],
  ["policy", ["poddisruptionbudgets"], [...READ, ...WRITE]],
  ["", ["pods", "events"], READ],
  ["discovery.k8s.io", ["endpointslices"], READ],
  ["coordination.k8s.io", ["leases"], READ],
];

/**
 * What the worker needs in an environment's namespace. `podMonitors`: where the environment asks for them. `logs`: where
 * web uses the same credentials.
 */
export function neededRights({ podMonitors, logs }: { podMonitors: boolean; logs: boolean }): Right[] {
  const rules = [
    ...NEEDED,
    ...(podMonitors ? [["monitoring.coreos.com", ["podmonitors"], WRITE] as const] : []),
    ...(logs ? [["", ["pods/log"], ["get"]] as const] : []),
  ];
  return [
    ...rules.flatMap(([group, resources, verbs]) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource }))),
    ),
    ...["get", "patch", "delete"].map((verb) => ({ verb, group: "", resource: "secrets", name: ARTIFACTS_SECRET })),
  ];
}

const holds = (list: readonly string[], value: string) => list.includes("*") || list.includes(value);

export const isGranted = (rules: readonly AccessRule[], { verb, group, resource, name }: Right): boolean =>
  rules.some(
    (rule) =>
      holds(rule.verbs, verb) &&
      holds(rule.apiGroups, group) &&
      (holds(rule.resources, resource) || rule.resources.includes(`*/${resource.split("/")[1] ?? ""}`)) &&
      (rule.resourceNames === undefined ||
        rule.resourceNames.length === 0 ||
        (name !== undefined && rule.resourceNames.includes(name))),
  );

/** `create deployments.apps`, `get secrets/slipway-artifacts`: as `kubectl auth can-i` takes it. */
export const rightWords = ({ verb, group, resource, name }: Right): string => {
  const [kind = "", subresource] = resource.split("/");
  const qualified = group === "" ? kind : `${kind}.${group}`;
  const subject = name === undefined ? qualified : `${qualified}/${name}`;
  return subresource === undefined ? `${verb} ${subject}` : `${verb} ${subject} --subresource=${subresource}`;
};
