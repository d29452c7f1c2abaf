import { join } from "node:path";
import { createHistory, type History, type PastEvent } from "./history.ts";
import { freezeJson, jsonOf } from "./json.ts";
import { type LogEntry, type LogFile, openLog, type ReadLog, readLog } from "./log-file.ts";
import { createTables, type Tables } from "./tables.ts";
import type { KubeObject, ResourceName, StoreEvent } from "./types.ts";

export type JournalOptions = {
  /** Folder of `store.jsonl`; without it nothing survives the process. */
  dataDir?: string;
  /** Events kept for watches that begin in the past; older ones answer 410. */
  historyLimit?: number;
  /** Told what could not be read of the file, in one sentence. */
  onDamage?: (sentence: string) => void;
};

/** Where writes become real: numbered, in the file, in the tables, in the history, and told to listeners, in this order. */
export type Journal = {
  tables: Tables;
  history: History;
  /** resourceVersion of the last write. */
  version(): number;
  put(resource: ResourceName, object: KubeObject): KubeObject;
  remove(resource: ResourceName, object: KubeObject): KubeObject;
  subscribe(listener: (event: StoreEvent) => void): () => void;
  close(): void;
};

const DEFAULT_HISTORY = 10_000;
const COMPACT_AFTER_BYTES = 16 << 20;

/** `track` is told of each write at once, before any other can follow; listeners may be told later. */
export function openJournal(options: JournalOptions, track: (event: StoreEvent) => void): Journal {
  const tables = createTables();
  const history = createHistory(options.historyLimit ?? DEFAULT_HISTORY);
  const path = options.dataDir === undefined ? undefined : join(options.dataDir, "store.jsonl");
  const read: ReadLog = path === undefined ? { entries: [], bytes: 0 } : readLog(path);
  let version = replay(read.entries, tables, history);
  const log = path === undefined ? undefined : openLog(path, read.bytes);
  if (read.damage) {
    // A version that a lost line had is never given again (a line is longer than one byte), and nobody may go on from
    // before the loss: watches begin anew.
    version += read.damage.bytes;
    history.forgetUntil(version);
    log?.rewrite(snapshotLines(tables, version));
    const { lines, bytes, copy } = read.damage;
    options.onDamage?.(`${lines} lines (${bytes} bytes) of ${path} are damaged and were left out; as found: ${copy}`);
  }
  const compactWhenDue = log === undefined ? () => {} : createCompaction(log, tables);
  const listeners = createListeners();

  function commit(event: PastEvent, line: string): KubeObject {
    log?.append(line);
    version = event.rv;
    applyTo(tables, event);
    track(event);
    history.add(event);
    compactWhenDue(version);
    listeners.tell(event);
    return event.object;
  }

  return {
    tables,
    history,
    version: () => version,
    put(resource, object) {
      const next = numbered(object, version + 1);
      const previous = tables.get(resource, next.metadata.namespace, next.metadata.name);
      const event: PastEvent = previous
        ? { type: "MODIFIED", resource, object: next, previous, rv: version + 1 }
        : { type: "ADDED", resource, object: next, rv: version + 1 };
      return commit(event, `{"op":"put","r":"${resource}","o":${jsonOf(next)}}`);
    },
    remove(resource, object) {
      const { name: n, namespace: ns = "" } = object.metadata;
      const next = numbered(object, version + 1);
      const previous = tables.get(resource, ns, n) ?? object;
      const line = JSON.stringify({ op: "del", r: resource, ns, n, rv: version + 1 } satisfies LogEntry);
      return commit({ type: "DELETED", resource, object: next, previous, rv: version + 1 }, line);
    },
    subscribe: listeners.add,
    close: () => log?.close(),
  };
}

function numbered(object: KubeObject, version: number): KubeObject {
  const metadata: KubeObject["metadata"] = { ...object.metadata, resourceVersion: String(version) };
  return freezeJson({ ...object, metadata });
}

function applyTo(tables: Tables, event: StoreEvent): void {
  if (event.type === "DELETED") tables.remove(event.resource, event.object);
  else tables.put(event.resource, event.object);
}

/** Rebuilds tables and the watch window; answers the last version. */
function replay(entries: readonly LogEntry[], tables: Tables, history: History): number {
  let version = 0;
  let inSnapshot = entries[0]?.op === "snapshot";
  for (const entry of entries) {
    if (entry.op === "snapshot") {
      version = entry.rv;
      history.forgetUntil(entry.rv);
    } else if (entry.op === "begin") inSnapshot = false;
    else if (inSnapshot && entry.op === "put") {
      const object = freezeJson(entry.o as KubeObject);
      tables.put(entry.r, object);
      // Later than the snapshot when the line that ended it is lost.
      version = Math.max(version, Number(object.metadata.resourceVersion));
    } else {
      const event = eventOf(entry, tables);
      if (!event) continue;
      // Not always in order: the line that ended the snapshot may be lost.
      version = Math.max(version, event.rv);
      applyTo(tables, event);
      history.add(event);
    }
  }
  return version;
}

function eventOf(entry: Extract<LogEntry, { op: "put" | "del" }>, tables: Tables): PastEvent | undefined {
  if (entry.op === "put") {
    const object = freezeJson(entry.o as KubeObject);
    const previous = tables.get(entry.r, object.metadata.namespace, object.metadata.name);
    const rv = Number(object.metadata.resourceVersion);
    return previous
      ? { type: "MODIFIED", resource: entry.r, object, previous, rv }
      : { type: "ADDED", resource: entry.r, object, rv };
  }
  const previous = tables.get(entry.r, entry.ns, entry.n);
  return (
    previous && { type: "DELETED", resource: entry.r, object: numbered(previous, entry.rv), previous, rv: entry.rv }
  );
}

/** Rewrites the file once it has outgrown its snapshot: the cost per write stays constant. */
function createCompaction(log: LogFile, tables: Tables): (version: number) => void {
  let leastBytes = COMPACT_AFTER_BYTES;
  return (version) => {
    if (log.grownBytes < Math.max(leastBytes, log.snapshotBytes * 2)) return;
    try {
      log.rewrite(snapshotLines(tables, version));
      leastBytes = COMPACT_AFTER_BYTES;
    } catch {
      // The write that was due is done and must be told of. A disk without room for both files may have some later.
      leastBytes = log.grownBytes * 2;
    }
  };
}

function* snapshotLines(tables: Tables, rv: number): Generator<string> {
  yield JSON.stringify({ op: "snapshot", rv } satisfies LogEntry);
  for (const { resource, object } of tables.all()) yield `{"op":"put","r":"${resource}","o":${jsonOf(object)}}`;
  yield JSON.stringify({ op: "begin" } satisfies LogEntry);
}

/** Listeners that write see their own events after the one at hand: everybody gets version order. */
function createListeners() {
  const listeners = new Set<(event: StoreEvent) => void>();
  const waiting: StoreEvent[] = [];
  let telling = false;
  const tellOne = (listener: (event: StoreEvent) => void, event: StoreEvent) => {
    try {
      listener(event);
    } catch (cause) {
      // The write is done and must be answered; the listener's bug still has to be seen.
      queueMicrotask(() => {
        throw cause;
      });
    }
  };
  return {
    add(listener: (event: StoreEvent) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell(event: StoreEvent) {
      waiting.push(event);
      if (telling) return;
      telling = true;
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        for (const listener of [...listeners]) tellOne(listener, next);
      }
      telling = false;
    },
  };
}
