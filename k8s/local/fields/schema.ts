import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ATOMIC_TYPES, LIST_KEYS, SETS } from "./list-keys.ts";

export type SchemaFile = {
  /** Kind to type. */
  kinds: Record<string, string>;
  /** Type to its fields and their types, as the client package writes them. */
  types: Record<string, Record<string, string>>;
};

/** How a value may be owned and merged: whole (`leaf`), by member, by key, by element. */
export type Schema =
  | { shape: "leaf"; type: "string" | "number" | "boolean" | "any" | "microtime" }
  /** Anything below is taken apart by what it is: maps by member, lists whole. */
  | { shape: "deduced" }
  | { shape: "struct"; atomic: boolean; field(name: string): Schema | undefined }
  | { shape: "map"; atomic: boolean; element: Schema }
  | { shape: "list"; merge: "atomic" | "set" | readonly string[]; element: Schema };

export const SCHEMA_FILE = JSON.parse(readFileSync(join(import.meta.dirname, "schema.json"), "utf8")) as SchemaFile;
const DEDUCED: Schema = { shape: "deduced" };

const structs = new Map<string, Schema>();

function structOf(type: string, fields: Record<string, string>): Schema {
  const known = structs.get(type);
  if (known) return known;
  const members = new Map<string, Schema>();
  const made: Schema = {
    shape: "struct",
    atomic: ATOMIC_TYPES.has(type),
    field(name) {
      const of = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (of === undefined) return undefined;
      const member = members.get(name) ?? typed(of, `${type}.${name}`);
      members.set(name, member);
      return member;
    },
  };
  structs.set(type, made);
  return made;
}

/** `place` is `<type>.<field>`, what the table of list keys is keyed by. */
function typed(type: string, place: string): Schema {
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) {
    const merge = SETS.has(place) ? "set" : (LIST_KEYS[place] ?? "atomic");
    return { shape: "list", merge, element: typed(list, `${place}[]`) };
  }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (map !== undefined) return { shape: "map", atomic: ATOMIC_TYPES.has(place), element: typed(map, `${place}{}`) };
  const fields = SCHEMA_FILE.types[type];
  if (fields) return structOf(type, fields);
  if (type === "string" || type === "number" || type === "boolean") return { shape: "leaf", type };
  if (type === "V1MicroTime") return { shape: "leaf", type: "microtime" };
  // IntOrString and raw JSON are whatever they are.
  return { shape: "leaf", type: type === "Date" ? "string" : "any" };
}

/** What may stand in an object of this kind. Kinds stored as they are have no schema: everything may. */
export function schemaOf(kind: string): Schema {
  const type = SCHEMA_FILE.kinds[kind];
  return type === undefined ? DEDUCED : typed(type, "");
}
