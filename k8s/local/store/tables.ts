import type { KubeObject, ResourceName } from "./types.ts";

export type ObjectRef = { resource: ResourceName; namespace: string; name: string };

/** The objects, and who owns whom, so that no write ever walks all of them. */
export type Tables = {
  get(resource: ResourceName, namespace: string | undefined, name: string): KubeObject | undefined;
  list(resource: ResourceName, namespace?: string): readonly KubeObject[];
  put(resource: ResourceName, object: KubeObject): void;
  remove(resource: ResourceName, object: KubeObject): void;
  byUid(uid: string): { resource: ResourceName; object: KubeObject } | undefined;
  ownedBy(uid: string): { resource: ResourceName; object: KubeObject }[];
  all(): Iterable<{ resource: ResourceName; object: KubeObject }>;
};

const keyOf = (ref: ObjectRef) => `${ref.resource}\n${ref.namespace}\n${ref.name}`;
const refOf = (resource: ResourceName, object: KubeObject): ObjectRef => ({
  resource,
  namespace: object.metadata.namespace ?? "",
  name: object.metadata.name,
});

/** Who names whom as an owner. */
function createDependents() {
  const dependents = new Map<string, Map<string, ObjectRef>>();
  const unlink = (ref: ObjectRef, object: KubeObject) => {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const owned = dependents.get(owner.uid);
      owned?.delete(keyOf(ref));
      if (owned?.size === 0) dependents.delete(owner.uid);
    }
  };
  const link = (ref: ObjectRef, object: KubeObject) => {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const owned = dependents.get(owner.uid) ?? new Map<string, ObjectRef>();
      owned.set(keyOf(ref), ref);
      dependents.set(owner.uid, owned);
    }
  };
  return { link, unlink, of: (uid: string) => [...(dependents.get(uid)?.values() ?? [])] };
}

export function createTables(): Tables {
  const objects = new Map<ResourceName, Map<string, Map<string, KubeObject>>>();
  const uids = new Map<string, ObjectRef>();
  const dependents = createDependents();

  const find = (ref: ObjectRef) => objects.get(ref.resource)?.get(ref.namespace)?.get(ref.name);
  const named = (ref: ObjectRef) => {
    const object = find(ref);
    return object && { resource: ref.resource, object };
  };

  return {
    get: (resource, namespace, name) => find({ resource, namespace: namespace ?? "", name }),
    list(resource, namespace) {
      const spaces = objects.get(resource);
      if (!spaces) return [];
      if (namespace !== undefined) return [...(spaces.get(namespace)?.values() ?? [])];
      return [...spaces.values()].flatMap((space) => [...space.values()]);
    },
    put(resource, object) {
      const ref = refOf(resource, object);
      const before = find(ref);
      if (before) dependents.unlink(ref, before);
      const spaces = objects.get(resource) ?? new Map<string, Map<string, KubeObject>>();
      const space = spaces.get(ref.namespace) ?? new Map<string, KubeObject>();
      objects.set(resource, spaces.set(ref.namespace, space.set(ref.name, object)));
      uids.set(object.metadata.uid, ref);
      dependents.link(ref, object);
    },
    remove(resource, object) {
      const ref = refOf(resource, object);
      dependents.unlink(ref, find(ref) ?? object);
      uids.delete(object.metadata.uid);
      const space = objects.get(resource)?.get(ref.namespace);
      space?.delete(ref.name);
      if (space?.size === 0) objects.get(resource)?.delete(ref.namespace);
    },
    byUid(uid) {
      const ref = uids.get(uid);
      return ref && named(ref);
    },
    ownedBy: (uid) =>
      dependents
        .of(uid)
        .map(named)
        .filter((entry) => entry !== undefined),
    *all() {
      for (const [resource, spaces] of objects) {
        for (const space of spaces.values()) for (const object of space.values()) yield { resource, object };
      }
    },
  };
}
