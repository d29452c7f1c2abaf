// Writes schema.json: the field names and types of the kinds this API serves, read from the Kubernetes client package.
// Run it again when that package follows a newer Kubernetes: node k8s/local/fields/generate-schema.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESOURCES } from "../store/resources.ts";
import type { SchemaFile } from "./schema.ts";

const root = join(import.meta.dirname, "../../..");
const models = join(root, "node_modules/@kubernetes/client-node/dist/gen/models");

/** Kinds whose content is taken as it is: ours to store, not to understand. */
const OPAQUE = new Set(["CustomResourceDefinition", "PodMonitor"]);
/** The client package knows these by names of their own. */
const RENAMED: Readonly<Record<string, string>> = { Event: "CoreV1Event" };

const typeNames = (type: string): string[] => type.match(/[A-Za-z0-9]+/g) ?? [];

function fieldsOf(type: string): Record<string, string> | undefined {
  let source: string;
  try {
    source = readFileSync(join(models, `${type}.js`), "utf8");
  } catch {
    return undefined;
  }
  const entries = source.matchAll(/"baseName": "([^"]+)",\s+"type": "([^"]+)"/g);
  return Object.fromEntries([...entries].map(([, name = "", of = ""]) => [name, of]));
}

const types: SchemaFile["types"] = {};
function add(type: string): void {
  if (types[type] !== undefined) return;
  const fields = fieldsOf(type);
  if (fields === undefined || Object.keys(fields).length === 0) return;
  types[type] = fields;
  for (const of of Object.values(fields)) for (const name of typeNames(of)) add(name);
}

const kinds: SchemaFile["kinds"] = {};
for (const { kind, version } of RESOURCES.filter((entry) => !OPAQUE.has(entry.kind))) {
  const type = RENAMED[kind] ?? `${version[0]?.toUpperCase()}${version.slice(1)}${kind}`;
  add(type);
  if (types[type] === undefined) throw new Error(`no type for ${kind}`);
  kinds[kind] = type;
}
add("V1ObjectMeta");
writeFileSync(join(import.meta.dirname, "schema.json"), `${JSON.stringify({ kinds, types }, null, 1)}\n`);
