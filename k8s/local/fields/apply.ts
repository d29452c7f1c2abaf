import { ApiError } from "../store/errors.ts";
import { copyJson, type JsonObject } from "../store/json.ts";
import type { KubeObject } from "../store/types.ts";
import { decodeSet, difference, EMPTY, type FieldSet, intersection, isEmpty, pathsOf, union } from "./field-set.ts";
import {
  entriesOf,
  entryFor,
  type FieldTracker,
  isBy,
  keepEntry,
  type ManagerEntry,
  ownable,
  statusOf,
  type Writer,
} from "./managers.ts";
import { schemaOf } from "./schema.ts";
import { checkTypes, compare, fieldsOf, merge, remove, TypeFault, withContainers } from "./typed.ts";

export type ApplyRequest = {
  manager: string;
  force: boolean;
  subresource?: string;
  /** Fills in the kind's defaults, in place: a field that they would make equal again is no conflict. */
  complete?: (object: KubeObject) => void;
};
export type Applied = { object: KubeObject; tracker: FieldTracker };

const fieldsIn = (entry: ManagerEntry | undefined): FieldSet => (entry ? decodeSet(entry.fieldsV1) : EMPTY);
const all = (entries: readonly ManagerEntry[]): FieldSet => entries.map(fieldsIn).reduce(union, EMPTY);

/**
 * Server-side apply: `config` over `live`, without the fields this manager applied before and no longer names and
 * that nobody else owns. Throws 409 with one cause per field that another manager owns and that would change
 * (unless forced: then they are taken), 500 when the configuration does not fit its kind's schema.
 * `live` of an object that does not exist is the object as it would be created, without fields.
 */
export function apply(live: KubeObject, config: JsonObject, request: ApplyRequest): Applied {
  const writer: Writer = {
    manager: request.manager,
    operation: "Apply",
    ...(request.subresource !== undefined && { subresource: request.subresource }),
  };
  const schema = schemaOf(live.kind);
  const written = request.subresource === "status" ? statusOf : ownable;
  const wanted = written(config);
  return typed(live, () => {
    checkTypes(wanted, schema);
    const entries = entriesOf(live);
    const others = entries.filter((entry) => !isBy(entry, writer));
    const before = fieldsIn(entries.find((entry) => isBy(entry, writer)));
    const fields: FieldSet = Object.keys(wanted).length === 0 ? EMPTY : { ...fieldsOf(wanted, schema), member: false };
    const current = written(live);
    const laidOver = merge(current, wanted, schema);
    const dropped = difference(withContainers(before), withContainers(union(fields, all(others))));
    const merged = remove(laidOver, schema, dropped) as JsonObject;
    const object = request.subresource === "status" ? { ...live, ...merged } : withMain(live, merged);
    const completed = copyJson(object);
    request.complete?.(completed);
    const { changed, removed } = compare(current, written(completed), schema);
    const kept = settle(others, union(changed, removed), request.force);
    const next = [...kept, ...entryFor(writer, live.apiVersion, fields, entries)];
    return { object, tracker: { writer, track: () => next } };
  });
}

/** The live object's identity and status with everything else as merged. */
function withMain(live: KubeObject, { metadata, ...rest }: JsonObject): KubeObject {
  return {
    kind: live.kind,
    apiVersion: live.apiVersion,
    metadata: { ...identityOf(live), ...(metadata as object) } as KubeObject["metadata"],
    ...rest,
    ...(live.status !== undefined && { status: live.status }),
  };
}

function typed<T>(live: KubeObject, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof TypeFault)) throw cause;
    const { name } = live.metadata;
    const version = live.apiVersion.includes("/") ? live.apiVersion : `/${live.apiVersion}`;
    const message = `failed to create typed patch object (/${name}; ${version}, Kind=${live.kind}): ${cause.message}`;
    throw new ApiError(500, "", message);
  }
}

/** Members of metadata that no configuration sets. */
function identityOf({ metadata }: KubeObject): Partial<KubeObject["metadata"]> {
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, managedFields: _m, ...identity } = metadata;
  return identity;
}

/** The other managers' entries after the change: refused, or robbed of what they disagree on. */
function settle(others: readonly ManagerEntry[], touched: FieldSet, force: boolean): ManagerEntry[] {
  const conflicts = others.flatMap((entry) =>
    pathsOf(intersection(fieldsIn(entry), touched)).map((field) => ({ field, who: describe(entry) })),
  );
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  return others.flatMap((entry) => {
    const fields = fieldsIn(entry);
    return isEmpty(intersection(fields, touched)) ? [entry] : keepEntry(entry, difference(fields, touched));
  });
}

function describe({ manager, operation, apiVersion, subresource }: ManagerEntry): string {
  // The scale subresource is of a kind of its own, whatever it scales.
  const version = subresource === "scale" ? "autoscaling/v1" : apiVersion;
  const through = subresource === undefined ? "" : ` with subresource "${subresource}"`;
  return `"${manager}"${through}${operation === "Update" ? ` using ${version}` : ""}`;
}

function conflictError(conflicts: readonly { field: string; who: string }[]): ApiError {
  const causes = conflicts.map(({ field, who }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${who}`,
    field,
  }));
  const [first] = conflicts;
  const detail =
    conflicts.length === 1 && first
      ? `conflict with ${first.who}: ${first.field}`
      : [...Map.groupBy(conflicts, ({ who }) => who)]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([who, list]) => [`conflicts with ${who}:`, ...list.map(({ field }) => `- ${field}`)].join("\n"))
          .join("\n");
  const count = `${conflicts.length} conflict${conflicts.length === 1 ? "" : "s"}`;
  return new ApiError(409, "Conflict", `Apply failed with ${count}: ${detail}`, { causes });
}
