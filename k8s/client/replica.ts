import type { KubeError } from "./errors.ts";
import { keyOf, type LiveObject } from "./objects.ts";
import type { WatchEvent } from "./watch-stream.ts";

export type Change =
  | { type: "added"; key: string; object: LiveObject }
  | { type: "modified"; key: string; object: LiveObject; previous: LiveObject }
  | { type: "deleted"; key: string; object: LiveObject };

export type Freshness = {
  /** Whether a list has ever been taken in: before that, an empty store says nothing. */
  synced: boolean;
  /** Milliseconds since the server last proved that the store was current; Infinity before the first list. */
  staleMs: number;
  /** Why it is not current now; null while the watch runs. */
  error: KubeError | null;
};

/** The copy of a set of objects, who hears of its changes, and when it was last proven current. */
export type Replica = {
  store: ReadonlyMap<string, LiveObject>;
  onChange(listener: (changes: readonly Change[]) => void): () => void;
  fresh(): Freshness;
  /** Resolves with the next list that is taken in; rejects with the signal's reason. */
  nextList(signal: AbortSignal): Promise<void>;
  /** `begunAt`: when the list was asked for, by `performance.now()`. */
  takeList(items: readonly LiveObject[], begunAt: number): void;
  takeEvents(events: readonly WatchEvent[]): void;
  fail(error: KubeError): void;
};

export function createReplica(): Replica {
  const store = new Map<string, LiveObject>();
  const listeners = new Set<(changes: readonly Change[]) => void>();
  const waiters = new Set<() => void>();
  let provenAt = Number.NEGATIVE_INFINITY;
  let error: KubeError | null = null;

  const prove = (at: number) => {
    provenAt = Math.max(provenAt, at);
    error = null;
  };
  const publish = (changes: readonly Change[]) => {
    if (changes.length === 0) return;
    // In a microtask, so that a listener's bug ends the process and not the watch, in silence.
    for (const listener of listeners) queueMicrotask(() => listener(changes));
  };
  return {
    store,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fresh: () => ({ synced: Number.isFinite(provenAt), staleMs: performance.now() - provenAt, error }),
    nextList(signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const end = () => reject(signal.reason);
      waiters.add(resolve);
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) end();
      return promise.finally(() => {
        waiters.delete(resolve);
        signal.removeEventListener("abort", end);
      });
    },
    takeList(items, begunAt) {
      publish(replaceAll(store, items));
      prove(begunAt);
      for (const resolve of waiters) resolve();
    },
    takeEvents(events) {
      publish(events.flatMap((event) => absorb(store, event)));
      prove(performance.now());
    },
    fail(cause) {
      error = cause;
    },
  };
}

function replaceAll(store: Map<string, LiveObject>, items: readonly LiveObject[]): Change[] {
  const listed = new Map(items.map((item) => [keyOf(item), item]));
  const gone = [...store.keys()].filter((key) => !listed.has(key)).flatMap((key) => remove(store, key));
  return [...gone, ...[...listed].flatMap(([key, item]) => put(store, key, item))];
}

function absorb(store: Map<string, LiveObject>, { type, object }: WatchEvent): Change[] {
  if (type === "BOOKMARK") return [];
  return type === "DELETED" ? remove(store, keyOf(object), object) : put(store, keyOf(object), object);
}

function put(store: Map<string, LiveObject>, key: string, object: LiveObject): Change[] {
  const previous = store.get(key);
  if (previous?.metadata.uid === object.metadata.uid) {
    if (previous.metadata.resourceVersion === object.metadata.resourceVersion) return [];
    store.set(key, object);
    return [{ type: "modified", key, object, previous }];
  }
  // The same name with another uid is another object: its predecessor went unseen.
  const gone = previous === undefined ? [] : [{ type: "deleted" as const, key, object: previous }];
  store.set(key, object);
  return [...gone, { type: "added", key, object }];
}

function remove(store: Map<string, LiveObject>, key: string, last?: LiveObject): Change[] {
  const previous = store.get(key);
  if (previous === undefined) return [];
  store.delete(key);
  return [{ type: "deleted", key, object: last ?? previous }];
}
