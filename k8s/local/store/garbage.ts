import { createQueue } from "../controllers/queue.ts";
import { FOREGROUND, ORPHAN } from "./deletion.ts";
import type { Store } from "./store.ts";
import type { KubeObject, OwnerReference, ResourceName, StoreEvent } from "./types.ts";

type Held = { resource: ResourceName; object: KubeObject };

/**
 * Deletes what has lost its last owner, and finishes foreground and orphan deletions. Works behind the writers, a turn
 * later, as on any cluster, and tries again what the store refuses. Answers how to stop it; begins with what a crash
 * left unfinished.
 */
export function collectGarbage(store: Store, onError: (uid: string, error: unknown) => void): () => void {
  const queue = createQueue((uid) => {
    const held = store.tables.byUid(uid);
    if (held) settle(store, held);
  }, onError);
  const consider = ({ object }: Held) => queue.add(object.metadata.uid);
  const onEvent = ({ type, resource, object }: StoreEvent) => {
    const { metadata } = object;
    if (type === "DELETED") for (const dependent of store.tables.ownedBy(metadata.uid)) consider(dependent);
    const owners = metadata.ownerReferences ?? [];
    if (type === "ADDED" && owners.length > 0) consider({ resource, object });
    if (type === "MODIFIED" && (owners.length > 0 || metadata.deletionTimestamp)) consider({ resource, object });
    // An owner that waits for its dependents in the foreground waits for this one too.
    if (type !== "ADDED") for (const owner of owners) considerOwner(owner);
  };
  const considerOwner = ({ uid }: OwnerReference) => {
    const owner = store.tables.byUid(uid);
    if (owner?.object.metadata.deletionTimestamp) consider(owner);
  };

  const unsubscribe = store.subscribe(onEvent);
  for (const held of store.tables.all()) {
    const { ownerReferences, deletionTimestamp } = held.object.metadata;
    if (ownerReferences?.length || deletionTimestamp) consider(held);
  }
  return () => {
    unsubscribe();
    queue.close();
  };
}

function settle(store: Store, { resource, object }: Held): void {
  const { finalizers = [], deletionTimestamp, ownerReferences = [] } = object.metadata;
  const deleting = deletionTimestamp !== undefined;
  if (deleting && finalizers.includes(ORPHAN)) orphan(store, { resource, object });
  else if (deleting && finalizers.includes(FOREGROUND)) foreground(store, { resource, object });
  else if (ownerReferences.length > 0) collect(store, { resource, object });
}

/** Lets the dependents go, then the owner. */
function orphan(store: Store, owner: Held): void {
  const { uid } = owner.object.metadata;
  for (const { resource, object } of store.tables.ownedBy(uid)) {
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
    store.update(resource, { ...object, metadata: { ...object.metadata, ownerReferences } });
  }
  removeFinalizer(store, owner, ORPHAN);
}

/** Deletes the dependents; the owner goes when no dependent that blocks it is left. */
function foreground(store: Store, owner: Held): void {
  const { uid } = owner.object.metadata;
  const dependents = store.tables.ownedBy(uid);
  for (const { resource, object } of dependents) {
    if (object.metadata.deletionTimestamp !== undefined || hasLivingOwner(store, object, uid)) continue;
    const { namespace, name } = object.metadata;
    const policy = store.tables.ownedBy(object.metadata.uid).length > 0 ? "Foreground" : "Background";
    store.delete(resource, namespace, name, { propagationPolicy: policy });
  }
  const blocked = store.tables
    .ownedBy(uid)
    .some(({ object }) =>
      object.metadata.ownerReferences?.some((reference) => reference.uid === uid && reference.blockOwnerDeletion),
    );
  if (!blocked) removeFinalizer(store, owner, FOREGROUND);
}

function removeFinalizer(store: Store, { resource, object }: Held, name: string): void {
  const current = store.tables.byUid(object.metadata.uid)?.object;
  if (!current) return;
  const finalizers = (current.metadata.finalizers ?? []).filter((entry) => entry !== name);
  store.update(resource, { ...current, metadata: { ...current.metadata, finalizers } });
}

/** An owner other than `besides` that exists and is not on its way out in the foreground. */
function hasLivingOwner(store: Store, object: KubeObject, besides?: string): boolean {
  return (object.metadata.ownerReferences ?? []).some((reference) => {
    if (reference.uid === besides) return false;
    const owner = store.tables.byUid(reference.uid)?.object;
    return owner !== undefined && sameScope(owner, object);
  });
}

/** A reference reaches an owner in the object's own namespace or a cluster-wide one, nowhere else. */
const sameScope = (owner: KubeObject, { metadata }: KubeObject) =>
  owner.metadata.namespace === undefined || owner.metadata.namespace === metadata.namespace;

function collect(store: Store, { resource, object }: Held): void {
  if (object.metadata.deletionTimestamp !== undefined || hasLivingOwner(store, object)) return;
  const { namespace, name, uid } = object.metadata;
  store.delete(resource, namespace, name, { propagationPolicy: "Background", uid });
}
