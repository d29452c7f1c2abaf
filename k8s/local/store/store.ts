import { updateTracker } from "../fields/managers.ts";
import { createServiceAddresses } from "../kinds/service-addresses.ts";
import type { Context, WriteOptions } from "./commit.ts";
import { type DeleteOptions, deleteObject, finalize } from "./delete-object.ts";
import type { PastEvent } from "./history.ts";
import { type JournalOptions, openJournal } from "./journal.ts";
import { resourceOf } from "./resources.ts";
import type { Tables } from "./tables.ts";
import type { ClusterStore, KubeInput, KubeObject, ResourceName } from "./types.ts";
import { createObject, updateObject, updateStatus } from "./write-object.ts";

export type StoreOptions = JournalOptions & {
  /** Range of Services' cluster addresses, inside 127.0.0.0/8. */
  serviceCidr?: string;
  now?: () => Date;
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
  finalize(namespace: KubeObject, options?: Pick<WriteOptions, "dryRun">): KubeObject;
  /** Of the last write. */
  currentVersion(): number;
  /** Throws 410 when events after `version` are forgotten. */
  eventsSince(version: number): PastEvent[];
  tables: Pick<Tables, "byUid" | "ownedBy" | "all">;
  close(): void;
}

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
    finalize: (namespace, write = {}) => finalize(context, namespace, write),
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
