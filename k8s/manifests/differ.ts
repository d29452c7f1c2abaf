import { parseQuantity } from "#domain/shared/quantity.ts";
import type { Manifest } from "./manifest.ts";

/** Lists that the API server merges by these members of their items; all others are one value. */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ["name"],
  initContainers: ["name"],
  env: ["name"],
  volumes: ["name"],
  volumeMounts: ["mountPath"],
  ownerReferences: ["uid"],
  topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
};
const PORT_KEYS = { container: ["containerPort", "protocol"], service: ["port", "protocol"] } as const;
/** Their members are quantities: "1000m" is "1". */
const QUANTITIES = new Set(["requests", "limits"]);

/**
 * Whether a field that we render is missing from the live object or has another value, so that applying would change
 * something. What others added, and what the server filled in, is not ours to compare; a field that we no longer render
 * shows in the rendered hash, which is compared like any other annotation.
 */
export function ownedFieldsDiffer(rendered: Manifest, live: unknown): boolean {
  const { uid: _uid, resourceVersion: _version, ...metadata } = rendered.metadata;
  return differs({ ...rendered, metadata }, live, "");
}

function differs(ours: unknown, theirs: unknown, field: string): boolean {
  if (ours === undefined || ours === null) return false;
  if (Array.isArray(ours)) return listDiffers(ours, theirs, field);
  if (isRecord(ours)) {
    const members = Object.entries(ours);
    // The server may leave out what is empty.
    if (theirs === undefined || theirs === null)
      return members.some(([name, value]) => differs(value, undefined, name));
    if (!isRecord(theirs)) return true;
    return members.some(([name, value]) =>
      QUANTITIES.has(field) ? quantityDiffers(value, theirs[name], name) : differs(value, theirs[name], name),
    );
  }
  // The server leaves out what is zero in its type, too; a field that has a default is never missing.
  return ours !== theirs && !(theirs === undefined && (ours === "" || ours === 0 || ours === false));
}

function listDiffers(ours: unknown[], theirs: unknown, field: string): boolean {
  if (theirs === undefined || theirs === null) return ours.length > 0;
  if (!Array.isArray(theirs)) return true;
  const keys = keysOf(field, ours[0]);
  if (keys === null) {
    return ours.length !== theirs.length || ours.some((item, index) => differs(item, theirs[index], ""));
  }
  const same = (a: unknown, b: unknown) => isRecord(a) && isRecord(b) && keys.every((key) => a[key] === b[key]);
  return ours.some((item) => differs(item, theirs.find((other) => same(item, other)) ?? MISSING, ""));
}

/** Equal to nothing that we render. */
const MISSING = Symbol("missing");

function keysOf(field: string, item: unknown): readonly string[] | null {
  if (field !== "ports") return LIST_KEYS[field] ?? null;
  return isRecord(item) && "containerPort" in item ? PORT_KEYS.container : PORT_KEYS.service;
}

function quantityDiffers(ours: unknown, theirs: unknown, resource: string): boolean {
  const [a, b] = [ours, theirs].map((value) =>
    typeof value === "string" || typeof value === "number" ? parseQuantity(value) : null,
  );
  if (a === null || a === undefined || b === null || b === undefined) return true;
  // A volume only ever grows, and may have been grown for us.
  return resource === "storage" ? a > b : a !== b;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
