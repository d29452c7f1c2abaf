import { copyJson, equalJson, isObject, type JsonObject } from "../store/json.ts";
import { EMPTY, elementText, type FieldSet, LEAF, setOf } from "./field-set.ts";
import { KEY_DEFAULTS } from "./list-keys.ts";
import type { Schema } from "./schema.ts";

/** A value that does not fit its schema; `path` as in `.spec.replicas`. */
export class TypeFault extends Error {
  override readonly name = "TypeFault";
}

type Part = { key: string; value: unknown; schema: Schema };

const DEDUCED: Schema = { shape: "deduced" };

/** The element's path key in a list merged by key; keys left out take their default. */
function itemKey(item: unknown, keys: readonly string[]): string {
  const object = isObject(item) ? item : {};
  const found = [...keys].sort().map((name) => [name, object[name] ?? KEY_DEFAULTS[name]] as const);
  return `k:${JSON.stringify(Object.fromEntries(found.filter(([, value]) => value !== undefined)))}`;
}

/** The members of a value that are owned one by one; undefined when it is owned whole. */
export function partsOf(value: unknown, schema: Schema): Part[] | undefined {
  if (schema.shape === "list") {
    const { merge, element } = schema;
    if (merge === "atomic" || !Array.isArray(value)) return undefined;
    if (merge === "set")
      return value.map((item) => ({ key: `v:${JSON.stringify(item)}`, value: item, schema: element }));
    return value.map((item) => ({ key: itemKey(item, merge), value: item, schema: element }));
  }
  if (!isObject(value) || schema.shape === "leaf") return undefined;
  if (schema.shape !== "deduced" && schema.atomic) return undefined;
  return Object.entries(value).map(([name, member]) => ({
    key: `f:${name}`,
    value: member,
    schema: memberSchema(schema, name),
  }));
}

function memberSchema(schema: Schema, name: string): Schema {
  if (schema.shape === "struct") return schema.field(name) ?? DEDUCED;
  return schema.shape === "map" ? schema.element : DEDUCED;
}

/** Not pointers in Kubernetes' own types: they are always there, so nobody is said to have added them. */
const ALWAYS_THERE = new Set(["f:metadata", "f:spec", "f:status", "f:template", "f:strategy", "f:containers"]);

/**
 * Every field of `value`. `containers` adds the maps, lists and structs themselves, as an update that made them owns
 * them; an applied configuration owns only what it says.
 */
export function fieldsOf(value: unknown, schema: Schema, containers = false, key = ""): FieldSet {
  const parts = partsOf(value, schema);
  if (parts === undefined || parts.length === 0) return LEAF;
  const isItem = key.startsWith("k:");
  const member = isItem || (containers && key !== "" && !ALWAYS_THERE.has(key));
  return setOf(
    member,
    parts.map((part) => [part.key, fieldsOf(part.value, part.schema, containers, part.key)]),
  );
}

export type Comparison = { changed: FieldSet; removed: FieldSet };
const SAME: Comparison = { changed: EMPTY, removed: EMPTY };

/** Which fields differ: added or modified, and removed. */
export function compare(before: unknown, after: unknown, schema: Schema, key = ""): Comparison {
  if (before === after) return SAME;
  if (before === undefined) return { changed: fieldsOf(after, schema, true, key), removed: EMPTY };
  if (after === undefined) return { changed: EMPTY, removed: fieldsOf(before, schema, true, key) };
  // Most of two states of an object is equal; taking lists apart by key is the dear part.
  if (schema.shape === "list" && equalJson(before, after)) return SAME;
  const [old, now] = [partsOf(before, schema), partsOf(after, schema)];
  if (old === undefined || now === undefined)
    return equalJson(before, after) ? SAME : { changed: LEAF, removed: EMPTY };
  const oldParts = new Map(old.map((part) => [part.key, part]));
  const nowParts = new Map(now.map((part) => [part.key, part]));
  const changed: [string, FieldSet][] = [];
  const removed: [string, FieldSet][] = [];
  for (const each of new Set([...oldParts.keys(), ...nowParts.keys()])) {
    const [was, is] = [oldParts.get(each), nowParts.get(each)];
    const part = is ?? was;
    if (!part) continue;
    const result = compare(was?.value, is?.value, part.schema, each);
    if (result === SAME) continue;
    changed.push([each, result.changed]);
    removed.push([each, result.removed]);
  }
  if (changed.length === 0) return SAME;
  return { changed: setOf(false, changed), removed: setOf(false, removed) };
}

/** `config` laid over `live`. Throws TypeFault on duplicate keys. */
export function merge(live: unknown, config: unknown, schema: Schema, path = ""): unknown {
  const parts = partsOf(config, schema);
  if (parts === undefined) return copyJson(config);
  const liveParts = partsOf(live, schema) ?? [];
  if (schema.shape === "list") return mergeItems(liveParts, parts, path);
  const out: JsonObject = isObject(live) ? { ...live } : {};
  for (const part of parts) {
    const name = part.key.slice(2);
    out[name] = merge(out[name], part.value, part.schema, `${path}.${name}`);
  }
  return out;
}

/** In the order of the configuration; items that only live has keep their place, and come before what is new. */
function mergeItems(live: readonly Part[], config: readonly Part[], path: string): unknown[] {
  const wanted = new Map<string, Part>();
  for (const part of config) {
    if (wanted.has(part.key)) throw new TypeFault(`${path}: duplicate entries for key ${elementText(part.key)}`);
    wanted.set(part.key, part);
  }
  const places = new Map(live.map((part, index) => [part.key, index]));
  const out: unknown[] = [];
  let next = 0;
  const keepLiveOnly = (end: number, others: "stop" | "skip") => {
    for (; next < end; next++) {
      const part = live[next];
      if (!part) return;
      if (!wanted.has(part.key)) out.push(part.value);
      else if (others === "stop") return;
    }
  };
  for (const part of config) {
    const place = places.get(part.key);
    if (place === undefined) keepLiveOnly(live.length, "stop");
    else {
      keepLiveOnly(place, "skip");
      next = Math.max(next, place + 1);
    }
    const current = place === undefined ? undefined : live[place]?.value;
    out.push(merge(current, part.value, part.schema, `${path}${elementText(part.key)}`));
  }
  keepLiveOnly(live.length, "skip");
  return out;
}

/** `value` without the fields of `set`; undefined when nothing of it is left to keep. */
export function remove(value: unknown, schema: Schema, set: FieldSet): unknown {
  if (set.member) return undefined;
  if (set.children.size === 0) return value;
  const parts = partsOf(value, schema);
  if (parts === undefined) return value;
  const kept = parts
    .map((part) => {
      const gone = set.children.get(part.key);
      return { key: part.key, value: gone ? remove(part.value, part.schema, gone) : part.value };
    })
    .filter((part) => part.value !== undefined);
  if (schema.shape === "list") return kept.map((part) => part.value);
  return Object.fromEntries(kept.map((part) => [part.key.slice(2), part.value]));
}

/**
 * A set whose containers are members too: whoever gives up the last field of a struct gives up the struct,
 * with the defaults that were filled into it.
 */
export function withContainers(set: FieldSet, depth = 0): FieldSet {
  const entries = [...set.children].map(([key, child]) => {
    const below = withContainers(child, depth + 1);
    const container = child.children.size > 0 && key.startsWith("f:") && depth > 0;
    return [key, container ? { ...below, member: true } : below] as const;
  });
  return setOf(set.member, entries);
}

/** Throws TypeFault at the first member that the schema does not know or whose type is another. */
export function checkTypes(value: unknown, schema: Schema, path = ""): void {
  if (value === null || value === undefined) return;
  if (schema.shape === "leaf") {
    checkLeaf(value, schema.type, path);
    return;
  }
  if (schema.shape === "deduced") return;
  if (schema.shape === "list") {
    if (!Array.isArray(value)) throw new TypeFault(`${path}: expected list, got ${shown(value)}`);
    for (const [index, item] of value.entries()) checkTypes(item, schema.element, `${path}[${index}]`);
    return;
  }
  if (!isObject(value)) throw new TypeFault(`${path}: expected map, got ${shown(value)}`);
  for (const name of Object.keys(value).sort()) {
    const of = schema.shape === "struct" ? schema.field(name) : schema.element;
    if (!of) throw new TypeFault(`${path}.${name}: field not declared in schema`);
    checkTypes(value[name], of, `${path}.${name}`);
  }
}

const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

function checkLeaf(value: unknown, type: Extract<Schema, { shape: "leaf" }>["type"], path: string): void {
  if (type === "any") return;
  if (type === "microtime") {
    if (typeof value === "string" && MICRO_TIME.test(value)) return;
    throw new TypeFault(`.parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse`);
  }
  if (typeof value === type) return;
  throw new TypeFault(`${path}: expected ${type === "number" ? "numeric (int or float)" : type}, got ${shown(value)}`);
}

const shown = (value: unknown) =>
  `&value.valueUnstructured{Value:${typeof value === "object" ? JSON.stringify(value) : String(value)}}`;

/** Members the schema does not know, as `spec.bogus`; they would be dropped by a server that decodes into types. */
export function unknownFields(value: unknown, schema: Schema, path = ""): string[] {
  if (schema.shape === "list") {
    return Array.isArray(value)
      ? value.flatMap((item, index) => unknownFields(item, schema.element, `${path}[${index}]`))
      : [];
  }
  if (!isObject(value) || schema.shape === "leaf" || schema.shape === "deduced") return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path ? `${path}.${name}` : name;
    const of = schema.shape === "struct" ? schema.field(name) : schema.element;
    return of ? unknownFields(member, of, at) : [at];
  });
}

/** `value` without the members the schema does not know. */
export function withoutUnknown<T>(value: T, schema: Schema): T {
  if (schema.shape === "list") {
    return Array.isArray(value) ? (value.map((item) => withoutUnknown(item, schema.element)) as T) : value;
  }
  if (!isObject(value) || schema.shape === "leaf" || schema.shape === "deduced") return value;
  const out: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    const of = schema.shape === "struct" ? schema.field(name) : schema.element;
    if (of) out[name] = withoutUnknown(member, of);
  }
  return out as T;
}
