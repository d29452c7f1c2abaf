import { isObject, type JsonObject } from "../store/json.ts";
import type { Resource } from "../store/resources.ts";
import type { KubeObject } from "../store/types.ts";
import { fill } from "./fill.ts";
import { defaultPodSpec, qosClass } from "./pod-defaults.ts";

/** An object's own part of the defaults; changes it in place. */
type Fill = (object: KubeObject, before: KubeObject | undefined) => void;

const sub = (target: JsonObject, key: string): JsonObject => {
  const value = target[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  target[key] = made;
  return made;
};

const template = (spec: JsonObject) => {
  const pod = sub(spec, "template");
  sub(pod, "metadata");
  defaultPodSpec(sub(pod, "spec"));
};

const deployment: Fill = (object) => {
  const spec = sub(object, "spec");
  template(spec);
  fill(spec, { replicas: 1, strategy: {}, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  const strategy = sub(spec, "strategy");
  fill(strategy, { type: "RollingUpdate" });
  if (strategy.type === "RollingUpdate")
    fill(sub(strategy, "rollingUpdate"), { maxUnavailable: "25%", maxSurge: "25%" });
  if (object.status === undefined) object.status = {};
};

const replicaSet: Fill = (object) => {
  const spec = sub(object, "spec");
  fill(spec, { replicas: 1 });
  if (spec.template !== undefined) template(spec);
  if (object.status === undefined) object.status = { replicas: 0 };
};

const pod: Fill = (object) => {
  const spec = sub(object, "spec");
  defaultPodSpec(spec);
  fill(spec, {
    serviceAccountName: "default",
    serviceAccount: spec.serviceAccountName ?? "default",
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
    priority: 0,
  });
  if (object.status === undefined) object.status = { phase: "Pending", qosClass: qosClass(spec) };
};

const job: Fill = (object) => {
  const spec = sub(object, "spec");
  template(spec);
  fill(spec, { backoffLimit: 6, completions: 1, parallelism: 1, completionMode: "NonIndexed", suspend: false });
  if (object.status === undefined) object.status = {};
};

const namespace: Fill = (object, before) => {
  const metadata = object.metadata;
  metadata.labels = { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name };
  const spec = sub(object, "spec");
  if (!before) spec.finalizers = ["kubernetes"];
  else object.spec = before.spec;
  if (object.status === undefined) object.status = { phase: "Active" };
};

const service: Fill = (object, before) => {
  const spec = sub(object, "spec");
  fill(spec, { type: "ClusterIP" });
  for (const port of (spec.ports as JsonObject[] | undefined) ?? []) {
    fill(port, { protocol: "TCP", targetPort: port.port });
  }
  fill(spec, { sessionAffinity: "None", internalTrafficPolicy: "Cluster" });
  if (spec.type !== "ExternalName") fill(spec, { ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" });
  if (spec.type === "LoadBalancer" || spec.type === "NodePort") fill(spec, { externalTrafficPolicy: "Cluster" });
  if (spec.type === "LoadBalancer") fill(spec, { allocateLoadBalancerNodePorts: true });
  if (before) {
    const { clusterIP, clusterIPs } = before.spec;
    if (spec.type !== "ExternalName") fill(spec, { clusterIP, clusterIPs });
  }
  if (object.status === undefined) object.status = { loadBalancer: {} };
};

const secret: Fill = (object, before) => {
  fill(object as JsonObject, { type: before?.type ?? "Opaque" });
  if (!isObject(object.stringData)) return;
  const data = sub(object, "data");
  for (const [key, text] of Object.entries(object.stringData)) data[key] = Buffer.from(String(text)).toString("base64");
  delete object.stringData;
};

const claim: Fill = (object, before) => {
  const spec = sub(object, "spec");
  fill(spec, { volumeMode: "Filesystem" });
  // Bound by the node; a client that applies its manifest again must not unbind it.
  if (before) fill(spec, { volumeName: before.spec.volumeName, storageClassName: before.spec.storageClassName });
  if (object.status === undefined) object.status = { phase: "Pending" };
};

const endpointSlice: Fill = (object) => {
  for (const port of (object.ports as JsonObject[] | undefined) ?? []) fill(port, { name: "", protocol: "TCP" });
  fill(object as JsonObject, { endpoints: null, ports: null });
};

const networkPolicy: Fill = (object) => {
  const spec = sub(object, "spec");
  fill(spec, { podSelector: {}, policyTypes: spec.egress === undefined ? ["Ingress"] : ["Ingress", "Egress"] });
};

const autoscaler: Fill = (object) => {
  fill(sub(object, "spec"), { minReplicas: 1 });
  if (object.status === undefined) object.status = { desiredReplicas: 0, currentMetrics: null };
};

const roleBinding: Fill = (object) => {
  fill(sub(object, "roleRef"), { apiGroup: "rbac.authorization.k8s.io" });
  for (const subject of (object.subjects as JsonObject[] | undefined) ?? []) {
    if (subject.kind !== "ServiceAccount") fill(subject, { apiGroup: "rbac.authorization.k8s.io" });
  }
};

const fills: Readonly<Record<string, Fill>> = {
  "deployments.apps": deployment,
  "replicasets.apps": replicaSet,
  "jobs.batch": job,
  pods: pod,
  namespaces: namespace,
  services: service,
  secrets: secret,
  persistentvolumeclaims: claim,
  "endpointslices.discovery.k8s.io": endpointSlice,
  "networkpolicies.networking.k8s.io": networkPolicy,
  "horizontalpodautoscalers.autoscaling": autoscaler,
  "rolebindings.rbac.authorization.k8s.io": roleBinding,
};

/** Fills what a client may leave out. Changes `object`, which is the store's own copy. `before` on updates. */
export function applyDefaults(resource: Resource, object: KubeObject, before: KubeObject | undefined): void {
  fills[resource.name]?.(object, before);
}
