import { isObject, type JsonObject } from "../store/json.ts";
import { fill } from "./fill.ts";

const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function defaultHandler(handler: unknown): void {
  if (!isObject(handler)) return;
  if (isObject(handler.httpGet)) fill(handler.httpGet, { path: "/", scheme: "HTTP" });
  if (isObject(handler.grpc)) fill(handler.grpc, { service: "" });
}

function defaultProbe(probe: unknown): void {
  if (!isObject(probe)) return;
  defaultHandler(probe);
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
}

/** `latest`, said or meant, may change behind its name; anything else is pulled once. */
function pullPolicy(image: unknown): string {
  if (typeof image !== "string") return "IfNotPresent";
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === "latest" ? "Always" : "IfNotPresent";
}

function defaultContainer(container: JsonObject): void {
  for (const port of objects(container.ports)) fill(port, { protocol: "TCP" });
  for (const env of objects(container.env)) {
    const source = env.valueFrom;
    if (isObject(source) && isObject(source.fieldRef)) fill(source.fieldRef, { apiVersion: "v1" });
    if (isObject(source) && isObject(source.resourceFieldRef)) fill(source.resourceFieldRef, { divisor: "0" });
  }
  fill(container, { resources: {} });
  defaultProbe(container.livenessProbe);
  defaultProbe(container.readinessProbe);
  defaultProbe(container.startupProbe);
  if (isObject(container.lifecycle)) {
    defaultHandler(container.lifecycle.postStart);
    defaultHandler(container.lifecycle.preStop);
  }
  fill(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(container.image),
  });
}

const VOLUME_SOURCES_WITH_MODE = ["secret", "configMap", "projected", "downwardAPI"];

function defaultVolume(volume: JsonObject): void {
  for (const source of VOLUME_SOURCES_WITH_MODE) {
    const value = volume[source];
    if (isObject(value)) fill(value, { defaultMode: 0o644 });
  }
  if (Object.keys(volume).length === 1) volume.emptyDir = {};
}

/** Of a Pod and of a template alike; changes `spec` in place. */
export function defaultPodSpec(spec: JsonObject): void {
  for (const container of [...objects(spec.initContainers), ...objects(spec.containers)]) defaultContainer(container);
  for (const volume of objects(spec.volumes)) defaultVolume(volume);
  fill(spec, { restartPolicy: "Always", terminationGracePeriodSeconds: 30, dnsPolicy: "ClusterFirst" });
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  fill(spec, { securityContext: {}, schedulerName: "default-scheduler" });
}

/** As `status.qosClass` has it: by whether every container's cpu and memory limits equal its requests. */
export function qosClass(spec: JsonObject): "Guaranteed" | "Burstable" | "BestEffort" {
  const resources = [...objects(spec.initContainers), ...objects(spec.containers)].map((container) => {
    const given = isObject(container.resources) ? container.resources : {};
    const limits = isObject(given.limits) ? given.limits : {};
    return { limits, requests: { ...limits, ...(isObject(given.requests) ? given.requests : {}) } as JsonObject };
  });
  const asked = resources.some(({ requests }) => requests.cpu !== undefined || requests.memory !== undefined);
  if (!asked) return "BestEffort";
  const guaranteed = resources.every(({ limits, requests }) =>
    ["cpu", "memory"].every((name) => limits[name] !== undefined && limits[name] === requests[name]),
  );
  return guaranteed ? "Guaranteed" : "Burstable";
}
