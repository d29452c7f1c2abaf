import { randomInt } from "node:crypto";
import type { JsonObject } from "./json.ts";
import { isObject } from "./json.ts";
import { apiVersionOf, type Resource } from "./resources.ts";
import type { KubeInput, KubeObject, ObjectMeta } from "./types.ts";

// No vowels and no look-alikes, so that a suffix is never a word.
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
const GENERATED_PREFIX_MAX = 63 - SUFFIX_LENGTH;

export const kubeTime = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");

export function generatedName(prefix: string): string {
  let suffix = "";
  for (let i = 0; i < SUFFIX_LENGTH; i++) suffix += SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)];
  return prefix.slice(0, GENERATED_PREFIX_MAX) + suffix;
}

/**
 * A mutable copy as a typed decoder would read it: members that are null are absent.
 * The key "__proto__" of a hostile body is dropped, as assigning it would set a prototype.
 */
export function decode<T>(value: T): T {
  if (Array.isArray(value)) return value.map(decode) as T;
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined && member !== null && key !== "__proto__") out[key] = decode(member);
  }
  return out as T;
}

const filled = <T extends object>(value: T | undefined) =>
  value !== undefined && Object.keys(value).length > 0 ? value : undefined;

/** Metadata in its fixed order, empty members left out. `meta` is taken over, not copied. */
export function orderedMeta(meta: ObjectMeta): ObjectMeta {
  const all: Record<keyof ObjectMeta, unknown> = {
    name: meta.name,
    generateName: meta.generateName || undefined,
    namespace: meta.namespace,
    uid: meta.uid,
    resourceVersion: meta.resourceVersion || undefined,
    generation: meta.generation,
    creationTimestamp: meta.creationTimestamp,
    deletionTimestamp: meta.deletionTimestamp,
    deletionGracePeriodSeconds: meta.deletionGracePeriodSeconds,
    labels: filled(meta.labels),
    annotations: filled(meta.annotations),
    ownerReferences: filled(meta.ownerReferences),
    finalizers: filled(meta.finalizers),
    managedFields: filled(meta.managedFields),
  };
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(all)) if (value !== undefined) out[key] = value;
  return out as ObjectMeta;
}

/** Kind first, then metadata, then the rest in the order it came. */
export function assemble(resource: Resource, meta: ObjectMeta, body: KubeInput | KubeObject): KubeObject {
  const { apiVersion: _version, kind: _kind, metadata: _meta, ...rest } = body;
  return { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata: orderedMeta(meta), ...rest };
}
