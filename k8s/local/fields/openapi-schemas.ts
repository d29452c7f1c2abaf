import type { Resource } from "../store/resources.ts";
import { LIST_KEYS } from "./list-keys.ts";
import { SCHEMA_FILE } from "./schema.ts";

const { kinds, types } = SCHEMA_FILE;
const nameOf = (type: string) => `io.k8s.${type}`;

function property(type: string, place: string, used: Set<string>): object {
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) {
    const keys = LIST_KEYS[place];
    const merge = keys && {
      "x-kubernetes-list-map-keys": keys,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-patch-merge-key": keys[0],
      "x-kubernetes-patch-strategy": "merge",
    };
    return { type: "array", items: property(list, `${place}[]`, used), ...merge };
  }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (map !== undefined) return { type: "object", additionalProperties: property(map, `${place}{}`, used) };
  if (types[type]) {
    used.add(type);
    return { allOf: [{ $ref: `#/components/schemas/${nameOf(type)}` }], default: {} };
  }
  if (type === "string" || type === "number" || type === "boolean") return { type };
  if (type === "IntOrString") return { oneOf: [{ type: "integer" }, { type: "string" }] };
  return type === "Date" || type === "V1MicroTime" ? { type: "string", format: "date-time" } : { type: "object" };
}

/** OpenAPI schemas of these kinds and of every type they reach, by name. */
export function schemasFor(resources: readonly Resource[]): Record<string, object> {
  const schemas: Record<string, object> = {};
  const due = new Set<string>();
  for (const { group, version, kind } of resources) {
    const type = kinds[kind];
    if (type !== undefined) due.add(type);
    else {
      const own = [{ group, version, kind }];
      schemas[nameOf(kind)] = { type: "object", "x-kubernetes-group-version-kind": own };
    }
  }
  // A set grows while it is walked: types found below are visited too.
  for (const type of due) {
    const properties = Object.fromEntries(
      Object.entries(types[type] ?? {}).map(([name, of]) => [name, property(of, `${type}.${name}`, due)]),
    );
    const own = resources.find(({ kind }) => kinds[kind] === type);
    schemas[nameOf(type)] = {
      type: "object",
      properties,
      ...(own && { "x-kubernetes-group-version-kind": [{ group: own.group, version: own.version, kind: own.kind }] }),
    };
  }
  return schemas;
}
