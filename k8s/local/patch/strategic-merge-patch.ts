import { copyJson, equalJson, isObject, type JsonObject } from "../store/json.ts";

/** Lists merged by key, by the field's name. As in Kubernetes, ports of a container have a single key here. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  volumes: "name",
  env: "name",
  imagePullSecrets: "name",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
  ownerReferences: "uid",
  conditions: "type",
  secrets: "name",
};
const PRIMITIVE_SETS = new Set(["finalizers"]);

/** Ports are keyed by what their neighbours have: `containerPort` in pods, `port` in services. */
function mergeKeyOf(field: string, items: readonly unknown[]): string | undefined {
  if (field !== "ports") return MERGE_KEYS[field];
  return items.some((item) => isObject(item) && "containerPort" in item) ? "containerPort" : "port";
}

function mergeList(field: string, target: readonly unknown[], patch: readonly unknown[]): unknown[] {
  if (PRIMITIVE_SETS.has(field)) return [...new Set([...target, ...patch])];
  const key = mergeKeyOf(field, [...target, ...patch]);
  if (key === undefined || patch.some((item) => isObject(item) && item.$patch === "replace")) {
    return patch.filter((item) => !(isObject(item) && item.$patch === "replace")).map(copyJson);
  }
  const out = [...target];
  const named: unknown[] = [];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const at = out.findIndex((existing) => isObject(existing) && equalJson(existing[key], item[key]));
    if (item.$patch === "delete") {
      if (at >= 0) out.splice(at, 1);
      continue;
    }
    if (at >= 0) out[at] = mergeObject(out[at], item);
    else out.push(mergeObject({}, item));
    named.push(item);
  }
  return inOrder(field, out, named, target);
}

/**
 * Items of `order` in that order, the others in the order of `before`; between the two an item goes first unless it
 * stood behind the other before. So what is new comes in front, as Kubernetes has it.
 */
function inOrder(
  field: string,
  list: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
): unknown[] {
  const key = mergeKeyOf(field, [...list, ...order]);
  const keyOf = (item: unknown) => JSON.stringify(key !== undefined && isObject(item) ? item[key] : item);
  const places = (items: readonly unknown[]) => new Map(items.map((item, index) => [keyOf(item), index]));
  const [wanted, stood] = [places(order), places(before)];
  const place = (map: Map<string, number>, item: unknown) => map.get(keyOf(item)) ?? Number.POSITIVE_INFINITY;
  const named = list.filter((item) => wanted.has(keyOf(item))).sort((a, b) => place(wanted, a) - place(wanted, b));
  const others = list.filter((item) => !wanted.has(keyOf(item))).sort((a, b) => place(stood, a) - place(stood, b));
  const out: unknown[] = [];
  for (const item of named) {
    const limit = stood.get(keyOf(item)) ?? -1;
    while (others.length > 0 && place(stood, others[0]) < limit) out.push(others.shift());
    out.push(item);
  }
  return [...out, ...others];
}

const listIn = (object: unknown, field: string): unknown[] =>
  isObject(object) && Array.isArray(object[field]) ? object[field] : [];

function mergeObject(target: unknown, patch: JsonObject): JsonObject {
  if (patch.$patch === "delete") return {};
  if (patch.$patch === "replace") {
    const { $patch: _directive, ...rest } = patch;
    return copyJson(rest);
  }
  const out: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    const current = out[key];
    if (key.startsWith("$deleteFromPrimitiveList/")) {
      const field = key.slice("$deleteFromPrimitiveList/".length);
      const gone = Array.isArray(value) ? value : [];
      if (Array.isArray(out[field])) out[field] = out[field].filter((item) => !gone.includes(item));
    } else if (key === "$retainKeys" && Array.isArray(value)) {
      for (const existing of Object.keys(out)) if (!value.includes(existing)) delete out[existing];
    } else if (key.startsWith("$")) continue;
    else if (value === null) delete out[key];
    else if (Array.isArray(value)) out[key] = mergeList(key, Array.isArray(current) ? current : [], value);
    else out[key] = isObject(value) ? mergeObject(current, value) : value;
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith("$setElementOrder/") || !Array.isArray(value)) continue;
    const field = key.slice("$setElementOrder/".length);
    if (Array.isArray(out[field])) out[field] = inOrder(field, out[field], value, listIn(target, field));
  }
  return out;
}

/** What kubectl's `rollout restart`, `set image`, `edit` and client-side `apply` send. Answers a new value. */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  return isObject(patch) ? mergeObject(target, patch) : copyJson(patch);
}
