import { randomUUID } from "node:crypto";
import { entriesOf, type FieldTracker, isBy, type ManagerEntry, sorted, updateTracker } from "../fields/managers.ts";
import { applyDefaults } from "../kinds/defaults.ts";
import { createServiceAddresses, type ServiceAddresses } from "../kinds/service-addresses.ts";
import { validate } from "../kinds/validate.ts";
import { decideDeletion, isReleased, type Propagation } from "./deletion.ts";
import { type ApiError, alreadyExists, conflict, forbidden, invalid, modifiedMeanwhile, notFound } from "./errors.ts";
import type { PastEvent } from "./history.ts";
import { type Journal, type JournalOptions, openJournal } from "./journal.ts";
import { copyJson, equalJson, freezeJson } from "./json.ts";
import { assemble, decode, generatedName, kubeTime, orderedMeta } from "./metadata.ts";
import { type Resource, resourceOf } from "./resources.ts";
import type { Tables } from "./tables.ts";
import type { ClusterStore, KubeInput, KubeObject, ObjectMeta, ResourceName } from "./types.ts";

export type StoreOptions = JournalOptions & {
  /** Range of Services' cluster addresses, inside 127.0.0.0/8. */
  serviceCidr?: string;
  now?: () => Date;
};
export type WriteOptions = {
  /** Keeps `managedFields`; without it they stay as they are. */
  fields?: FieldTracker;
  /** Everything but the write. */
  dryRun?: boolean;
};
export type DeleteOptions = {
  gracePeriodSeconds?: number;
  propagationPolicy?: Propagation;
  uid?: string;
  resourceVersion?: string;
  dryRun?: boolean;
};

/** What the HTTP layer and the garbage collector need beyond the controllers' view. */
export interface Store extends ClusterStore {
  createObject(resource: ResourceName, input: KubeInput, options: WriteOptions): KubeObject;
  updateObject(resource: ResourceName, input: KubeObject, options: WriteOptions): KubeObject;
  updateObjectStatus(resource: ResourceName, input: KubeObject, options: WriteOptions): KubeObject;
  /** The object as it was marked or removed, and which of the two. */
  deleteObject(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions,
  ): { object: KubeObject; removed: boolean };
  /** Sets a namespace's `spec.finalizers`; a deleted one without any goes. */
  finalize(namespace: KubeObject): KubeObject;
  /** Of the last write. */
  currentVersion(): number;
  /** Throws 410 when events after `version` are forgotten. */
  eventsSince(version: number): PastEvent[];
  tables: Pick<Tables, "byUid" | "ownedBy" | "all">;
  close(): void;
}

type Context = { journal: Journal; now: () => Date; addresses: ServiceAddresses };

const DEFAULT_SERVICE_CIDR = "127.96.0.0/16";

/** The object store: everything in memory, every write in a file before it is answered. */
export function createStore(options: StoreOptions = {}): Store {
  const addresses = createServiceAddresses(options.serviceCidr ?? DEFAULT_SERVICE_CIDR);
  const journal = openJournal(options, ({ type, resource, object, previous }) => {
    if (resource === "services") addresses.track(type === "DELETED" ? undefined : object, previous);
  });
  const context: Context = { journal, now: options.now ?? (() => new Date()), addresses };
  for (const service of journal.tables.list("services")) addresses.track(service, undefined);
  const by = (manager: string | undefined, subresource?: string): WriteOptions =>
    manager === undefined ? {} : { fields: updateTracker(manager, subresource) };
  const store: Store = {
    get: journal.tables.get,
    list: journal.tables.list,
    create: (resource, input, manager) => createObject(context, resourceOf(resource), input, by(manager)),
    update: (resource, input, manager) => updateObject(context, resourceOf(resource), input, by(manager)),
    updateStatus: (resource, input, manager) =>
      updateStatus(context, resourceOf(resource), input, by(manager, "status")),
    delete(resource, namespace, name, deleteOptions = {}) {
      const { object, removed } = deleteObject(context, resourceOf(resource), namespace, name, deleteOptions);
      return removed ? undefined : object;
    },
    createObject: (resource, input, write) => createObject(context, resourceOf(resource), input, write),
    updateObject: (resource, input, write) => updateObject(context, resourceOf(resource), input, write),
    updateObjectStatus: (resource, input, write) => updateStatus(context, resourceOf(resource), input, write),
    deleteObject: (resource, namespace, name, del) => deleteObject(context, resourceOf(resource), namespace, name, del),
    finalize: (namespace) => finalize(context, namespace),
    currentVersion: journal.version,
    eventsSince: journal.history.since,
    tables: journal.tables,
    subscribe: journal.subscribe,
    flushed: () => Promise.resolve(),
    close: journal.close,
  };
  for (const name of ["default", "kube-node-lease", "kube-public", "kube-system"]) {
    if (!store.get("namespaces", undefined, name)) {
      store.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
  }
  return store;
}

function createObject(context: Context, resource: Resource, input: KubeInput, options: WriteOptions): KubeObject {
  const { journal } = context;
  const body = decode(input);
  const given = body.metadata;
  const name = given.name || (given.generateName ? generatedName(given.generateName) : "");
  if (resource.namespaced) requireNamespace(context, resource, given.namespace ?? "", name);
  const meta: ObjectMeta = {
    ...given,
    name,
    uid: randomUUID(),
    resourceVersion: "",
    creationTimestamp: kubeTime(context.now()),
  };
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta.generation;
  delete meta.managedFields;
  if (!resource.namespaced) delete meta.namespace;
  if (resource.generation) meta.generation = 1;
  const object = assemble(resource, meta, body);
  if (resource.subresources.includes("status")) delete object.status;
  applyDefaults(resource, object, undefined);
  throwWhenInvalid(context, resource, object, undefined);
  if (journal.tables.get(resource.name, meta.namespace, name)) throw alreadyExists(resource, name);
  trackFields(context, object, undefined, options.fields);
  return options.dryRun ? freezeJson(withoutVersion(object)) : journal.put(resource.name, object);
}

function requireNamespace({ journal }: Context, resource: Resource, namespace: string, name: string): void {
  const found = journal.tables.get("namespaces", undefined, namespace);
  if (!found) throw notFound(resourceOf("namespaces"), namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const error = forbidden(resource, name, why);
  error.status.details = {
    ...error.status.details,
    causes: [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  };
  throw error;
}

function throwWhenInvalid(context: Context, resource: Resource, object: KubeObject, before?: KubeObject): void {
  const causes = validate(resource, object, before);
  if (causes.length === 0 && resource.name === "services") causes.push(...context.addresses.assign(object, before));
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
}

/** The stored object, once it is sure that the writer speaks of this one and of this state of it. */
function currentFor(context: Context, resource: Resource, input: KubeObject): KubeObject {
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

function updateObject(context: Context, resource: Resource, input: KubeObject, options: WriteOptions): KubeObject {
  const current = currentFor(context, resource, input);
  const body = decode(input);
  const meta: ObjectMeta = { ...body.metadata, ...fixedMeta(current) };
  const object = assemble(resource, meta, body);
  if (resource.subresources.includes("status")) {
    delete object.status;
    if (current.status !== undefined) object.status = copyJson(current.status);
  }
  applyDefaults(resource, object, current);
  throwWhenInvalid(context, resource, object, current);
  if (resource.generation && !sameOutsideMeta(object, current)) {
    object.metadata.generation = (current.metadata.generation ?? 0) + 1;
  }
  return commitChange(context, resource, object, current, options);
}

/** Members of metadata no update changes. */
function fixedMeta({ metadata }: KubeObject): ObjectMeta {
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, managedFields: _m, ...fixed } = metadata;
  return fixed;
}

function sameOutsideMeta(a: KubeObject, b: KubeObject): boolean {
  const { metadata: _a, status: _as, ...restA } = a;
  const { metadata: _b, status: _bs, ...restB } = b;
  return equalJson(restA, restB);
}

function updateStatus(context: Context, resource: Resource, input: KubeObject, options: WriteOptions): KubeObject {
  const current = currentFor(context, resource, input);
  const status = decode(input.status) as unknown;
  const { status: _before, ...rest } = current;
  const object = copyJson({ ...rest, ...(status !== undefined && { status }) }) as KubeObject;
  return commitChange(context, resource, object, current, options);
}

/** Sets `managedFields`; the writer's entry gets the time only when the write changes something. */
function trackFields(
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

function commitChange(
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

function finalize(context: Context, input: KubeObject): KubeObject {
  const resource = resourceOf("namespaces");
  const current = currentFor(context, resource, input);
  const object = copyJson(current);
  object.spec = { ...object.spec, finalizers: decode(input.spec?.finalizers ?? []) };
  return commitChange(context, resource, object, current, {});
}

function deleteObject(
  context: Context,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions,
): { object: KubeObject; removed: boolean } {
  const { journal, now } = context;
  const current = journal.tables.get(resource.name, resource.namespaced ? namespace : undefined, name);
  if (!current) throw notFound(resource, name);
  checkPreconditions(resource, current, options);
  const step = decideDeletion(current, options, now());
  if (step.kind === "nothing") return { object: current, removed: false };
  if (step.kind === "remove") {
    if (!options.dryRun) journal.remove(resource.name, current);
    return { object: current, removed: true };
  }
  const object = copyJson(current);
  const meta: ObjectMeta = { ...object.metadata, ...step.metadata };
  if (resource.generation && current.metadata.deletionTimestamp === undefined) {
    meta.generation = (current.metadata.generation ?? 0) + 1;
  }
  if (resource.name === "namespaces") object.status = { phase: "Terminating" };
  const marked = assemble(resource, meta, object);
  return { object: commitChange(context, resource, marked, current, options), removed: false };
}

function checkPreconditions(resource: Resource, current: KubeObject, options: DeleteOptions): void {
  const { name, uid, resourceVersion } = current.metadata;
  if (options.uid !== undefined && options.uid !== uid) throw uidMismatch(resource, current, options.uid);
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    throw modifiedMeanwhile(resource, name);
  }
}

function withoutVersion(object: KubeObject): KubeObject {
  const { resourceVersion: _none, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as ObjectMeta };
}
