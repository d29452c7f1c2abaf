import type { Cause } from "../store/errors.ts";
import type { Resource } from "../store/resources.ts";
import type { KubeObject } from "../store/types.ts";
import { validateMeta } from "./validate-meta.ts";
import { validatePodSpec, validateTemplate } from "./validate-pod.ts";
import { bad, duplicate, LABEL_RULE, outOfRange, required, unchanged } from "./validate-rules.ts";

type Check = (object: KubeObject, before: KubeObject | undefined) => Cause[];

const keyRule = /^[-._a-zA-Z0-9]+$/;
const badKey =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  " +
  "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const dataKeys: Check = (object, before) => {
  const causes = ["data", "binaryData"].flatMap((field) =>
    Object.keys(object[field] ?? {})
      .filter((key) => !keyRule.test(key))
      .map((key) => bad(`${field}[${key}]`, key, badKey)),
  );
  if (before?.immutable) {
    causes.push(...unchanged("data", object.data, before.data, "field is immutable when `immutable` is set"));
  }
  return causes;
};

const replicas = (value: unknown): Cause[] =>
  typeof value === "number" && value < 0 ? [bad("spec.replicas", value, "must be greater than or equal to 0")] : [];

const strategy: Check = ({ spec }) => {
  const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {};
  const isZero = (value: unknown) => value === 0 || value === "0%";
  if (!isZero(maxSurge) || !isZero(maxUnavailable)) return [];
  return [bad("spec.strategy.rollingUpdate.maxUnavailable", maxUnavailable, "may not be 0 when `maxSurge` is 0")];
};

const deployment: Check = (object, before) => [
  ...replicas(object.spec.replicas),
  ...validateTemplate(object.spec),
  ...strategy(object, before),
  ...(before ? unchanged("spec.selector", object.spec.selector, before.spec.selector) : []),
];

const replicaSet: Check = (object, before) => [
  ...replicas(object.spec.replicas),
  ...validateTemplate(object.spec),
  ...(before ? unchanged("spec.selector", object.spec.selector, before.spec.selector) : []),
];

const service: Check = ({ spec }, before) => {
  const ports: { name?: string; port?: number; nodePort?: number }[] = spec.ports ?? [];
  const causes: Cause[] = [];
  if (ports.length === 0 && spec.type !== "ExternalName" && spec.clusterIP !== "None")
    causes.push(required("spec.ports"));
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    if (ports.length > 1 && !port.name) causes.push(required(`${at}.name`));
    if (port.name && !LABEL_RULE.test(port.name)) causes.push(bad(`${at}.name`, port.name, LABEL_RULE.message));
    if (port.name && names.has(port.name)) causes.push(duplicate(`${at}.name`, port.name));
    if (port.name) names.add(port.name);
    causes.push(...outOfRange(`${at}.port`, port.port), ...outOfRange(`${at}.nodePort`, port.nodePort ?? 1));
  }
  const address = before?.spec.clusterIP;
  if (address && spec.type !== "ExternalName" && spec.clusterIP !== address) {
    causes.push(...unchanged("spec.clusterIPs[0]", spec.clusterIP, address, "may not change once set"));
  }
  return causes;
};

const pod: Check = (object, before) => {
  if (!before) return validatePodSpec(object.spec, "spec");
  const {
    nodeName: _node,
    tolerations: _t,
    terminationGracePeriodSeconds: _g,
    activeDeadlineSeconds: _d,
    ...rest
  } = object.spec;
  const {
    nodeName: _n,
    tolerations: _t2,
    terminationGracePeriodSeconds: _g2,
    activeDeadlineSeconds: _d2,
    ...old
  } = before.spec;
  const withoutImages = (spec: { containers?: object[]; initContainers?: object[] }) => ({
    ...spec,
    containers: spec.containers?.map((container) => ({ ...container, image: "" })),
    initContainers: spec.initContainers?.map((container) => ({ ...container, image: "" })),
  });
  const same = unchanged("spec", withoutImages(rest), withoutImages(old)).length === 0;
  if (same) return [];
  const message =
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
  return [{ reason: "FieldValueForbidden", message, field: "spec" }];
};

/** Stored, never run; a genuine one refuses another template too, which is why a release's Job has a name of its own. */
const job: Check = ({ spec }, before) => [
  ...validatePodSpec(spec.template?.spec ?? {}, "spec.template.spec"),
  ...(before ? unchanged("spec.template", spec.template, before.spec.template) : []),
];

const roleBinding: Check = (object, before) =>
  before ? unchanged("roleRef", object.roleRef, before.roleRef, "cannot change roleRef") : [];

const slice: Check = (object) => (object.addressType === undefined ? [required("addressType")] : []);

const checks: Readonly<Record<string, Check>> = {
  configmaps: dataKeys,
  secrets: dataKeys,
  "deployments.apps": deployment,
  "replicasets.apps": replicaSet,
  "jobs.batch": job,
  services: service,
  pods: pod,
  "rolebindings.rbac.authorization.k8s.io": roleBinding,
  "endpointslices.discovery.k8s.io": slice,
};

/** Every bad field of an object about to be stored, defaults filled in; `before` on updates. */
export function validate(resource: Resource, object: KubeObject, before: KubeObject | undefined): Cause[] {
  return [...validateMeta(resource, object), ...(checks[resource.name]?.(object, before) ?? [])];
}
