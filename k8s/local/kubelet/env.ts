import { parseQuantity } from "#domain/shared/quantity.ts";
import type { KubeObject } from "../store/types.ts";

/** A container cannot be configured: something its environment or volumes refer to is missing. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type KeyRef = { name: string; key: string; optional?: boolean };
type EnvVar = {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    resourceFieldRef?: { containerName?: string; resource: string; divisor?: string };
    secretKeyRef?: KeyRef;
    configMapKeyRef?: KeyRef;
  };
};
type EnvFrom = {
  prefix?: string;
  secretRef?: { name: string; optional?: boolean };
  configMapRef?: { name: string; optional?: boolean };
};
export type ContainerSpec = {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: EnvVar[];
  envFrom?: EnvFrom[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  volumeMounts?: { name: string; mountPath: string; subPath?: string; readOnly?: boolean }[];
  ports?: { name?: string; containerPort: number }[];
};

export type EnvContext = {
  pod: KubeObject;
  podIp: string;
  hostIp: string;
  /** What this machine has: a container without a limit may use all of it. */
  machine: { cpus: number; memoryBytes: number };
  /** Reads from the pod's namespace. */
  get: (resource: "secrets" | "configmaps", name: string) => KubeObject | undefined;
};

const amountOf = (quantity: string): number => {
  const amount = parseQuantity(quantity);
  if (amount === null) throw new ConfigError(`quantity ${JSON.stringify(quantity)} cannot be read`);
  return amount;
};

/** Value of a downward API field path; throws on one that Kubernetes does not offer. */
export const fieldValue = (
  path: string,
  { pod, podIp, hostIp }: Pick<EnvContext, "pod" | "podIp" | "hostIp">,
): string => {
  const [, map, key] = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path) ?? [];
  if (key !== undefined) return pod.metadata[map as "labels" | "annotations"]?.[key] ?? "";
  const values: Record<string, string | undefined> = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "spec.nodeName": pod.spec.nodeName,
    "spec.serviceAccountName": pod.spec.serviceAccountName ?? "",
    "status.podIP": podIp,
    "status.podIPs": podIp,
    "status.hostIP": hostIp,
    "status.hostIPs": hostIp,
  };
  const value = values[path];
  if (value === undefined) throw new ConfigError(`unsupported fieldPath: ${path}`);
  return value;
};

const resourceValue = (
  ref: { containerName?: string; resource: string; divisor?: string },
  container: ContainerSpec,
  { pod, machine }: EnvContext,
): string => {
  const target: ContainerSpec =
    ref.containerName === undefined
      ? container
      : (pod.spec.containers.find(({ name }: ContainerSpec) => name === ref.containerName) ?? container);
  const [kind = "", resource = ""] = ref.resource.split(".");
  const whole: Record<string, number> = { cpu: machine.cpus, memory: machine.memoryBytes };
  const given = target.resources?.[kind as "limits" | "requests"]?.[resource];
  const amount = given === undefined ? (kind === "limits" ? (whole[resource] ?? 0) : 0) : amountOf(given);
  const divisor = ref.divisor === undefined || ref.divisor === "0" ? 1 : amountOf(ref.divisor);
  return String(Math.ceil(amount / divisor));
};

/** Text of every key of a Secret or ConfigMap. */
export const dataOf = (object: KubeObject): Map<string, Buffer> => {
  const entries = (map: Record<string, string> | undefined, encoding: "utf8" | "base64") =>
    Object.entries(map ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)] as const);
  return object.kind === "Secret"
    ? new Map([...entries(object.data, "base64"), ...entries(object.stringData, "utf8")])
    : new Map([...entries(object.data, "utf8"), ...entries(object.binaryData, "base64")]);
};

const keyValue = (resource: "secrets" | "configmaps", ref: KeyRef, context: EnvContext): string | undefined => {
  const kind = resource === "secrets" ? "secret" : "configmap";
  const object = context.get(resource, ref.name);
  if (object === undefined && ref.optional !== true) throw new ConfigError(`${kind} "${ref.name}" not found`);
  const value = object === undefined ? undefined : dataOf(object).get(ref.key);
  if (value === undefined && ref.optional !== true)
    throw new ConfigError(
      `couldn't find key ${ref.key} in ${resource === "secrets" ? "Secret" : "ConfigMap"} ${context.pod.metadata.namespace}/${ref.name}`,
    );
  return value?.toString("utf8");
};

/** `$(NAME)` of what is already defined; `$$` is one `$`; unknown names stay. */
export const expand = (text: string, env: Record<string, string>): string =>
  text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name?: string) =>
    match === "$$" ? "$" : name !== undefined && Object.hasOwn(env, name) ? (env[name] ?? match) : match,
  );

const variableValue = (
  variable: EnvVar,
  container: ContainerSpec,
  context: EnvContext,
  env: Record<string, string>,
) => {
  const from = variable.valueFrom;
  if (from === undefined) return expand(variable.value ?? "", env);
  if (from.fieldRef) return fieldValue(from.fieldRef.fieldPath, context);
  if (from.resourceFieldRef) return resourceValue(from.resourceFieldRef, container, context);
  if (from.secretKeyRef) return keyValue("secrets", from.secretKeyRef, context);
  if (from.configMapKeyRef) return keyValue("configmaps", from.configMapKeyRef, context);
  return undefined;
};

const fromWhole = ({ prefix = "", secretRef, configMapRef }: EnvFrom, context: EnvContext): [string, string][] => {
  const ref = secretRef ?? configMapRef;
  if (ref === undefined) return [];
  const resource = secretRef === undefined ? "configmaps" : "secrets";
  const object = context.get(resource, ref.name);
  if (object === undefined && ref.optional !== true)
    throw new ConfigError(`${secretRef === undefined ? "configmap" : "secret"} "${ref.name}" not found`);
  return object === undefined ? [] : [...dataOf(object)].map(([key, value]) => [prefix + key, value.toString("utf8")]);
};

/** What a container's spec defines, in its order. Throws `ConfigError` naming what is missing. */
export const resolveEnv = (container: ContainerSpec, context: EnvContext): Record<string, string> => {
  const env: Record<string, string> = {};
  for (const source of container.envFrom ?? []) Object.assign(env, Object.fromEntries(fromWhole(source, context)));
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, container, context, env);
    if (value !== undefined) env[variable.name] = value;
  }
  return env;
};
