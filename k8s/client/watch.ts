import { setTimeout as sleep } from "node:timers/promises";
import { fromNetwork, KubeError } from "./errors.ts";
import type { Kube } from "./kube.ts";
import type { ObjectQuery } from "./objects.ts";
import { describe } from "./paths.ts";
import { createReplica, type Replica } from "./replica.ts";
import { streamEvents } from "./watch-stream.ts";

export type ResourceWatch = Pick<Replica, "store" | "onChange" | "fresh"> & {
  /** Resolves once a list has been taken in. Errors: the signal's reason; `unavailable` after `stop`. */
  waitForSync(signal?: AbortSignal): Promise<void>;
  /** Lists anew at once. Resolves when a list begun after this call has been taken in; errors as above. */
  relist(signal?: AbortSignal): Promise<void>;
  stop(): void;
};

export type WatchPace = {
  /** Shortest life of one watch connection, in seconds; up to half is added so that watches do not end together. */
  watchSeconds: number;
  /** Silence beyond the watch's life that is taken for a dead connection. */
  graceSeconds: number;
  /** Waiting after the first failure, doubling up to the greatest. */
  backoffMs: number;
  backoffMsMax: number;
};
/** A quiet watch ends within 45 s, so `staleMs` of a healthy one stays below that. */
const PACE: WatchPace = { watchSeconds: 30, graceSeconds: 5, backoffMs: 50, backoffMsMax: 5_000 };

/**
 * A copy of the objects of `query`, kept current until `stop`: lists, watches from there with bookmarks, goes on when the
 * server ends the watch, and lists again after anything else (410, error, reset, silence), backing off. What went while it
 * was not watching is reported as deleted. It never gives up: `fresh` says how far to trust it.
 *
 * `store` holds `namespace/name` → object. `onChange` hears all changes of a list, or of one read from the server, at once.
 */
export function watchResource(kube: Kube, query: ObjectQuery, pace: Partial<WatchPace> = {}): ResourceWatch {
  const replica = createReplica();
  const stopping = new AbortController();
  let round = new AbortController();
  const nextRound = () => {
    round = new AbortController();
    return round.signal;
  };
  const nextList = (signal?: AbortSignal) =>
    replica.nextList(signal === undefined ? stopping.signal : AbortSignal.any([stopping.signal, signal]));

  void supervise({ kube, query, pace: { ...PACE, ...pace }, replica, nextRound, stopped: stopping.signal });
  return {
    store: replica.store,
    onChange: replica.onChange,
    fresh: replica.fresh,
    waitForSync: async (signal) => (replica.fresh().synced ? undefined : nextList(signal)),
    relist(signal) {
      const listed = nextList(signal);
      // A caller may not care when: then a stop must not become an unhandled rejection.
      listed.catch(() => undefined);
      round.abort();
      return listed;
    },
    stop() {
      stopping.abort(new KubeError("unavailable", `watch ${describe(query)} was stopped`));
      round.abort();
    },
  };
}

type Supervision = {
  kube: Kube;
  query: ObjectQuery;
  pace: WatchPace;
  replica: Replica;
  /** A round ends early when its signal aborts: somebody wants a new list, or the end. */
  nextRound: () => AbortSignal;
  stopped: AbortSignal;
};

async function supervise(supervision: Supervision): Promise<void> {
  const { kube, query, pace, replica, nextRound, stopped } = supervision;
  let resourceVersion: string | null = null;
  let failures = 0;
  while (!stopped.aborted) {
    const signal = nextRound();
    const lived = { yet: false };
    try {
      if (resourceVersion === null) {
        const begunAt = performance.now();
        const list = await kube.list(query, { signal });
        // It may have arrived just before somebody asked for one that is begun later.
        if (signal.aborted) continue;
        replica.takeList(list.items, begunAt);
        resourceVersion = list.resourceVersion;
      }
      resourceVersion = await follow(supervision, resourceVersion, signal, lived);
      // An orderly end right after the start, over and over, must not become a busy loop.
      failures = lived.yet ? 0 : failures + 1;
    } catch (cause) {
      resourceVersion = null;
      if (signal.aborted) continue;
      replica.fail(cause instanceof KubeError ? cause : fromNetwork(cause, `watch ${describe(query)}`));
      failures = (lived.yet ? 0 : failures) + 1;
    }
    await pause(backoffMs(failures, pace), signal);
    if (signal.aborted) resourceVersion = null;
  }
}

const LIVED_MS = 1_000;

/** One connection to its orderly end; answers where to go on. */
async function follow(
  { kube, query, pace, replica }: Supervision,
  from: string,
  signal: AbortSignal,
  lived: { yet: boolean },
): Promise<string> {
  const begunAt = performance.now();
  const timeoutSeconds = Math.ceil(pace.watchSeconds * (1 + Math.random() / 2));
  const quietMs = (timeoutSeconds + pace.graceSeconds) * 1_000;
  let reached = from;
  try {
    for await (const events of streamEvents(kube.transport, query, {
      resourceVersion: from,
      timeoutSeconds,
      quietMs,
      signal,
    })) {
      replica.takeEvents(events);
      reached = events.at(-1)?.object.metadata.resourceVersion ?? reached;
      lived.yet ||= events.length > 0;
    }
    replica.takeEvents([]);
    return reached;
  } finally {
    lived.yet ||= performance.now() - begunAt > LIVED_MS;
  }
}

function backoffMs(failures: number, { backoffMs: first, backoffMsMax: most }: WatchPace): number {
  return failures === 0 ? 0 : Math.min(most, first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}
