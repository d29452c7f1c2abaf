import type { ClusterStore, KubeObject, ObjectMeta, OwnerReference, ResourceName } from "../store/types.ts";

export const keyOf = (object: { metadata: ObjectMeta }): string =>
  `${object.metadata.namespace ?? ""}/${object.metadata.name}`;

export const splitKey = (key: string): { namespace: string; name: string } => {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
};

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

export const controllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** RFC 3339 in whole seconds, as Kubernetes writes `metav1.Time`. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export type Index = {
  /** Live objects under `key`, in creation order of the index. */
  lookup(key: string): KubeObject[];
  close(): void;
};

/** Keeps objects of one resource findable by keys computed from them, so that no reconcile scans all of them. */
export const createIndex = (
  store: ClusterStore,
  resource: ResourceName,
  keysOf: (object: KubeObject) => readonly string[],
): Index => {
  const byKey = new Map<string, Map<string, KubeObject>>();
  const drop = (object: KubeObject) => {
    for (const key of keysOf(object)) {
      const members = byKey.get(key);
      members?.delete(object.metadata.uid);
      if (members?.size === 0) byKey.delete(key);
    }
  };
  const put = (object: KubeObject) => {
    for (const key of keysOf(object)) {
      let members = byKey.get(key);
      if (members === undefined) {
        members = new Map();
        byKey.set(key, members);
      }
      members.set(object.metadata.uid, object);
    }
  };
  for (const object of store.list(resource)) put(object);
  const close = store.subscribe((event) => {
    if (event.resource !== resource) return;
    if (event.type === "MODIFIED" && event.previous !== undefined) drop(event.previous);
    if (event.type === "DELETED") drop(event.object);
    else put(event.object);
  });
  return { lookup: (key) => [...(byKey.get(key)?.values() ?? [])], close };
};

/** Index key of the objects a controller owns. */
export const ownedBy = (object: KubeObject): readonly string[] => {
  const owner = controllerOf(object);
  return owner === undefined ? [] : [owner.uid];
};

export const labelKey = (namespace: string | undefined, label: string, value: string): string =>
  `${namespace ?? ""}/${label}=${value}`;

export const byLabel = (object: KubeObject): readonly string[] =>
  Object.entries(object.metadata.labels ?? {}).map(([label, value]) =>
    labelKey(object.metadata.namespace, label, value),
  );

export const matchesLabels = (selector: Record<string, string>, labels: Record<string, string> | undefined): boolean =>
  Object.entries(selector).every(([label, value]) => labels?.[label] === value);
