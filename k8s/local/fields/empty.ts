import { isObject, type JsonObject } from "../store/json.ts";
import type { KubeInput, KubeObject } from "../store/types.ts";
import { type Schema, schemaOf } from "./schema.ts";

/** Lists of these say something by being there and empty. */
const KEPT_EMPTY = new Set(["EndpointSlice", "Role"]);

function prune(value: unknown, schema: Schema): unknown {
  if (schema.shape === "list" && Array.isArray(value)) {
    return value.length === 0 ? undefined : value.map((item) => prune(item, schema.element) ?? item);
  }
  if (!isObject(value) || schema.shape === "leaf" || schema.shape === "deduced" || schema.shape === "list")
    return value;
  const out: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    const of = schema.shape === "struct" ? schema.field(name) : schema.element;
    const kept = of ? prune(member, of) : member;
    if (kept !== undefined) out[name] = kept;
  }
  return schema.shape === "map" && Object.keys(out).length === 0 ? undefined : out;
}

/** Without the maps and lists that are empty, as Kubernetes' own types leave them out; empty structs stay. */
export function withoutEmpty<T extends KubeInput | KubeObject>(object: T): T {
  return KEPT_EMPTY.has(object.kind) ? object : (prune(object, schemaOf(object.kind)) as T);
}
