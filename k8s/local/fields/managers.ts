import { isObject, type JsonObject } from "../store/json.ts";
import type { KubeObject } from "../store/types.ts";
import { decodeSet, difference, encodeSet, type FieldSet, isEmpty, union } from "./field-set.ts";
import { schemaOf } from "./schema.ts";
import { compare } from "./typed.ts";

/** One entry of `metadata.managedFields`. */
export type ManagerEntry = {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  time?: string;
  fieldsType: "FieldsV1";
  fieldsV1: JsonObject;
  subresource?: string;
};

/** Who writes: entries are one per manager, operation and subresource. */
export type Writer = Pick<ManagerEntry, "manager" | "operation"> & { subresource?: string };

/**
 * Ownership after a write, from the object before and as it will be stored.
 * `writer` names the entry whose time is set if the write turns out to change anything.
 */
export type FieldTracker = {
  writer: Writer;
  track(before: KubeObject | undefined, after: KubeObject): ManagerEntry[];
};

export const isBy = (entry: ManagerEntry, writer: Writer): boolean =>
  entry.manager === writer.manager && entry.operation === writer.operation && entry.subresource === writer.subresource;

export const entriesOf = (object: KubeObject | undefined): ManagerEntry[] =>
  ((object?.metadata.managedFields ?? []) as ManagerEntry[]).filter((entry) => isObject(entry.fieldsV1));

/** The entry of `writer` with these fields, at its old time; none without fields. */
export function entryFor(
  writer: Writer,
  apiVersion: string,
  fields: FieldSet,
  before: readonly ManagerEntry[],
): ManagerEntry[] {
  if (isEmpty(fields)) return [];
  const time = before.find((entry) => isBy(entry, writer))?.time;
  return [
    {
      manager: writer.manager,
      operation: writer.operation,
      apiVersion,
      ...(time !== undefined && { time }),
      fieldsType: "FieldsV1",
      fieldsV1: encodeSet(fields),
      ...(writer.subresource !== undefined && { subresource: writer.subresource }),
    },
  ];
}

/** Applied entries first, then by time and name. */
export function sorted(entries: readonly ManagerEntry[]): ManagerEntry[] {
  const key = (entry: ManagerEntry) =>
    `${entry.operation} ${entry.time ?? ""} ${entry.manager} ${entry.subresource ?? ""}`;
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const IDENTITY = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "selfLink",
];

/** All that the door of that name writes. */
export const statusOf = ({ status }: KubeObject | JsonObject): JsonObject => (status === undefined ? {} : { status });

/** The part of an object that can be owned through the main door: neither its identity nor its status. */
export function ownable(object: KubeObject | JsonObject): JsonObject {
  const { apiVersion: _a, kind: _k, metadata, status: _s, ...rest } = object as JsonObject;
  const meta = Object.fromEntries(
    Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => !IDENTITY.includes(key)),
  );
  return {
    ...(Object.keys(meta).length > 0 && { metadata: meta }),
    ...rest,
  };
}

/** An update owns what it changed and takes it from everybody else. */
export function updateTracker(manager: string, subresource?: string): FieldTracker {
  const writer: Writer = { manager, operation: "Update", ...(subresource !== undefined && { subresource }) };
  return {
    writer,
    track(before, after) {
      const entries = entriesOf(before);
      const written = subresource === "status" ? statusOf : ownable;
      const { changed, removed } = compare(before && written(before), written(after), schemaOf(after.kind));
      if (isEmpty(changed) && isEmpty(removed)) return entries;
      const own = entries.find((entry) => isBy(entry, writer));
      const mine = difference(
        union(own ? decodeSet(own.fieldsV1) : { member: false, children: new Map() }, { ...changed, member: false }),
        removed,
      );
      const taken = union(changed, removed);
      const others = entries
        .filter((entry) => entry !== own)
        .flatMap((entry) => keepEntry(entry, difference(decodeSet(entry.fieldsV1), taken)));
      return [...others, ...entryFor(writer, after.apiVersion, { ...mine, member: false }, entries)];
    },
  };
}

/** The entry with fewer fields; none when nothing is left. */
export const keepEntry = (entry: ManagerEntry, fields: FieldSet): ManagerEntry[] =>
  isEmpty({ ...fields, member: false }) ? [] : [{ ...entry, fieldsV1: encodeSet({ ...fields, member: false }) }];
