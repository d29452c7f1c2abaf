import type { Kube } from "#k8s/client/kube.ts";
import { keyOf } from "#k8s/client/objects.ts";
import { watchResource } from "#k8s/client/watch.ts";
import type { ClusterObject, ObjectChange, ObjectQuery, ObjectView } from "#server/ports/cluster.ts";

export type View = ObjectView & {
  /** What a write answered: readers must not see less than what we wrote ourselves. */
  take(object: ClusterObject): void;
};

/** Short watches, so that a quiet healthy one proves itself often and `staleMs` stays small. */
const PACE = { watchSeconds: 10, graceSeconds: 3 };

/** A supervised watch with what we wrote laid over it, indexed by label. */
export function createView(kube: Kube, query: ObjectQuery, stopped: () => void): View {
  const watch = watchResource(kube, query, PACE);
  const objects = new Map<string, ClusterObject>();
  const listeners = new Set<(change: ObjectChange) => void>();
  const indexes = new Map<string, Map<string, Map<string, ClusterObject>>>();

  const index = (key: string, object: ClusterObject, present: boolean) => {
    for (const [label, values] of indexes) {
      const value = object.metadata.labels?.[label];
      if (value === undefined) continue;
      const bucket = values.get(value) ?? new Map<string, ClusterObject>();
      if (present) bucket.set(key, object);
      else bucket.delete(key);
      if (bucket.size > 0) values.set(value, bucket);
      else values.delete(value);
    }
  };
  const change = (key: string, object: ClusterObject, gone: boolean) => {
    const held = objects.get(key);
    // A removal of the object's predecessor, or no news beside what a write of ours answered.
    if (gone ? held?.metadata.uid !== object.metadata.uid : held !== undefined && !isNewer(object, held)) return;
    if (held !== undefined) index(key, held, false);
    if (gone) objects.delete(key);
    else {
      objects.set(key, object);
      index(key, object, true);
    }
    for (const listener of listeners) listener({ object, previous: held ?? null, gone });
  };
  watch.onChange((changes) => {
    for (const { key, object, type } of changes) change(key, object, type === "deleted");
  });
  const indexOf = (label: string) => {
    const found = indexes.get(label);
    if (found !== undefined) return found;
    const values = new Map<string, Map<string, ClusterObject>>();
    indexes.set(label, values);
    for (const [key, object] of objects) index(key, object, true);
    return values;
  };
  return {
    objects,
    labelled: (label, value) => [...(indexOf(label).get(value)?.values() ?? [])],
    onChange: (listener) => void listeners.add(listener),
    fresh() {
      const { synced, staleMs, error } = watch.fresh();
      return { synced, staleMs, error: error?.message ?? null };
    },
    synced: () => watch.waitForSync(),
    take(object) {
      const { apiVersion, kind, metadata } = object;
      if (apiVersion !== query.apiVersion || kind !== query.kind) return;
      if (query.namespace !== undefined && metadata.namespace !== query.namespace) return;
      if (!matches(query.labelSelector, metadata.labels ?? {})) return;
      change(keyOf(object), object, false);
    },
    stop() {
      watch.stop();
      stopped();
    },
  };
}

/** Versions are ordered numbers (KEP-5504); of two that are not, the one that comes later is newer. */
function isNewer(a: ClusterObject, b: ClusterObject): boolean {
  const [x, y] = [a.metadata.resourceVersion, b.metadata.resourceVersion];
  return /^\d+$/.test(x) && /^\d+$/.test(y) ? BigInt(x) > BigInt(y) : x !== y;
}

/** Our own selectors only: `key=value` and `key`, joined by commas. */
const matches = (selector: string | undefined, labels: Readonly<Record<string, string>>) =>
  (selector ?? "")
    .split(",")
    .filter((term) => term !== "")
    .every((term) => {
      const [key = "", value] = term.split("=");
      return value === undefined ? key in labels : labels[key] === value;
    });
