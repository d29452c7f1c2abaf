import { isObject, type JsonObject } from "../store/json.ts";

/** Owned fields as a tree. Keys are path elements as FieldsV1 writes them: `f:name`, `k:{…}`, `v:…`. */
export type FieldSet = { member: boolean; children: ReadonlyMap<string, FieldSet> };

export const EMPTY: FieldSet = { member: false, children: new Map() };
export const LEAF: FieldSet = { member: true, children: new Map() };

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

const node = (member: boolean, children: Map<string, FieldSet>): FieldSet => ({ member, children });

export function setOf(member: boolean, entries: Iterable<readonly [string, FieldSet]>): FieldSet {
  return node(member, new Map([...entries].filter(([, child]) => !isEmpty(child))));
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children);
  for (const [key, child] of b.children) {
    const other = children.get(key);
    children.set(key, other ? union(other, child) : child);
  }
  return node(a.member || b.member, children);
}

/** What is in `a` and not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [key, child] of a.children) {
    const other = b.children.get(key);
    const left = other ? difference(child, other) : child;
    if (!isEmpty(left)) children.set(key, left);
  }
  return node(a.member && !b.member, children);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [key, child] of a.children) {
    const other = b.children.get(key);
    const common = other ? intersection(child, other) : EMPTY;
    if (!isEmpty(common)) children.set(key, common);
  }
  return node(a.member && b.member, children);
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  return isEmpty(difference(a, b)) && isEmpty(difference(b, a));
}

/** From `fieldsV1`. */
export function decodeSet(json: unknown): FieldSet {
  const read = (value: JsonObject): FieldSet => {
    const children = new Map<string, FieldSet>();
    for (const [key, child] of Object.entries(value))
      if (key !== "." && isObject(child)) children.set(key, read(child));
    return node("." in value || children.size === 0, children);
  };
  return isObject(json) ? { ...read(json), member: false } : EMPTY;
}

/** To `fieldsV1`, keys in order. */
export function encodeSet(set: FieldSet): JsonObject {
  const out: JsonObject = {};
  if (set.member && set.children.size > 0) out["."] = {};
  for (const key of [...set.children.keys()].sort()) {
    const child = set.children.get(key);
    if (child) out[key] = encodeSet(child);
  }
  return out;
}

/** Each member's path as error messages write it: `.spec.containers[name="a"].image`. */
export function pathsOf(set: FieldSet, prefix = ""): string[] {
  const own = set.member && prefix !== "" ? [prefix] : [];
  const below = [...set.children].sort(([a], [b]) => (a < b ? -1 : 1));
  return [...own, ...below.flatMap(([key, child]) => pathsOf(child, prefix + elementText(key)))];
}

export function elementText(key: string): string {
  const rest = key.slice(2);
  if (key.startsWith("f:")) return `.${rest}`;
  if (key.startsWith("v:")) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as JsonObject);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
}
