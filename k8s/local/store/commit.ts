import { entriesOf, type FieldTracker, isBy, type ManagerEntry, sorted } from "../fields/managers.ts";
import type { ServiceAddresses } from "../kinds/service-addresses.ts";
import { isReleased } from "./deletion.ts";
import { type ApiError, conflict, modifiedMeanwhile, notFound } from "./errors.ts";
import type { Journal } from "./journal.ts";
import { equalJson, freezeJson } from "./json.ts";
import { kubeTime, orderedMeta } from "./metadata.ts";
import type { Resource } from "./resources.ts";
import type { KubeObject } from "./types.ts";

export type Context = { journal: Journal; now: () => Date; addresses: ServiceAddresses };
export type WriteOptions = {
  /** Keeps `managedFields`; without it they stay as they are. */
  fields?: FieldTracker;
  /** Everything but the write. */
  dryRun?: boolean;
};
/** The stored object, once it is sure that the writer speaks of this one and of this state of it. */
export function currentFor(context: Context, resource: Resource, input: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion } = input.metadata;
  const current = context.journal.tables.get(resource.name, resource.namespaced ? namespace : undefined, name);
  if (!current) throw notFound(resource, name);
  if (uid && uid !== current.metadata.uid) throw uidMismatch(resource, current, uid);
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw modifiedMeanwhile(resource, name);
  return current;
}

function uidMismatch(resource: Resource, current: KubeObject, uid: string): ApiError {
  const { name, namespace, uid: actual } = current.metadata;
  const key = `/registry/${resource.plural}/${namespace ? `${namespace}/` : ""}${name}`;
  return conflict(
    resource,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${actual}`,
  );
}

/** Sets `managedFields`; the writer's entry gets the time only when the write changes something. */
export function trackFields(
  { now }: Context,
  object: KubeObject,
  before: KubeObject | undefined,
  tracker?: FieldTracker,
): void {
  const { managedFields: _given, ...metadata } = object.metadata;
  const entries = tracker ? sorted(tracker.track(before, object)) : entriesOf(before);
  const next = { ...object, metadata: orderedMeta({ ...metadata, managedFields: entries }) };
  if (tracker && !(before && equalJson(next, before))) {
    const time = kubeTime(now());
    const stamped = sorted(entries.map((entry) => (isBy(entry, tracker.writer) ? withTime(entry, time) : entry)));
    next.metadata = orderedMeta({ ...metadata, managedFields: stamped });
  }
  object.metadata = next.metadata;
}

const withTime = ({ manager, operation, apiVersion, ...rest }: ManagerEntry, time: string): ManagerEntry => ({
  manager,
  operation,
  apiVersion,
  ...rest,
  time,
});

export function commitChange(
  context: Context,
  resource: Resource,
  object: KubeObject,
  current: KubeObject,
  options: WriteOptions,
): KubeObject {
  const { journal } = context;
  trackFields(context, object, current, options.fields);
  if (equalJson(object, current)) return current;
  if (options.dryRun) return freezeJson(object);
  if (!isReleased(object)) return journal.put(resource.name, object);
  journal.remove(resource.name, object);
  return freezeJson(object);
}
