import { existsSync, mkdirSync, readFileSync, rmSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { Recorder } from "../controllers/events.ts";
import { createIndex, keyOf, ownedBy, splitKey, timestamp } from "../controllers/objects.ts";
import { createQueue } from "../controllers/queue.ts";
import { launch, type Running, recall, stop } from "../kubelet/processes.ts";
import type { ClusterStore, KubeObject, StoreEvent } from "../store/types.ts";
import { writeWhole } from "../whole-file.ts";
import { type Listener, listenersOf, type ProxyStatus, proxyStatusSchema } from "./table.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const SLICES = "endpointslices.discovery.k8s.io";
const RESTART_MS = 500;
const STOP_MS = 1000;
const PATIENCE_MS = 10_000;
const CONDITION = "Listening";

export type ProxyInput = {
  store: ClusterStore;
  record: Recorder;
  /** Folder of the table, the proxy's status and its run; made here. */
  folder: string;
  /** Where the ports of NodePort Services listen. */
  nodePortHost: string;
  onError: (what: string, error: unknown) => void;
};

/** Keeps the table file equal to Services and EndpointSlices; one write per turn of the event loop at most. */
const keepTable = ({ store, folder, nodePortHost, onError }: ProxyInput) => {
  const slices = createIndex(store, SLICES, ownedBy);
  const byService = new Map<string, Listener[]>();
  const refresh = (key: string) => {
    const { namespace, name } = splitKey(key);
    const service = store.get("services", namespace, name);
    if (service === undefined) byService.delete(key);
    else byService.set(key, listenersOf(service, slices.lookup(service.metadata.uid), nodePortHost));
  };
  let written = "";
  const write = () => {
    const text = JSON.stringify({ listeners: [...byService.values()].flat() });
    if (text === written) return;
    writeWhole(join(folder, "table.json"), text);
    written = text;
  };
  const writes = createQueue(write, (_, error) => onError("proxy table", error));
  const services = createQueue(
    (key) => {
      refresh(key);
      writes.add("table");
    },
    (key, error) => onError(`proxy entries of ${key}`, error),
  );
  const onEvent = ({ resource, object }: StoreEvent) => {
    if (resource === "services") services.add(keyOf(object));
    const name = resource === SLICES ? object.metadata.labels?.["kubernetes.io/service-name"] : undefined;
    if (name !== undefined) services.add(`${object.metadata.namespace ?? ""}/${name}`);
  };
  const unsubscribe = store.subscribe(onEvent);
  for (const service of store.list("services")) refresh(keyOf(service));
  write();
  return () => {
    unsubscribe();
    services.close();
    writes.close();
    slices.close();
  };
};

const conditionOf = (failures: ProxyStatus["failures"]) => ({
  type: CONDITION,
  status: "False",
  reason: "ListenFailed",
  message: failures.map(({ address, message }) => `listen tcp ${address}: ${message}`).join("; "),
});

/** Says on a Service what the proxy cannot listen on, and takes it back when it can. */
const reportOn = ({ store, record }: ProxyInput, service: KubeObject, failures: ProxyStatus["failures"]) => {
  const conditions: { type: string; message?: string }[] = service.status?.conditions ?? [];
  const current = conditions.find(({ type }) => type === CONDITION);
  const others = conditions.filter(({ type }) => type !== CONDITION);
  const next = failures.length === 0 ? undefined : conditionOf(failures);
  if (current?.message === next?.message) return;
  const { conditions: _, ...rest } = service.status ?? {};
  const all = next === undefined ? others : [...others, { ...next, lastTransitionTime: timestamp(Date.now()) }];
  store.updateStatus("services", { ...service, status: { ...rest, ...(all.length > 0 ? { conditions: all } : {}) } });
  if (next !== undefined)
    record({ about: service, type: "Warning", reason: next.reason, message: next.message, component: "kube-proxy" });
};

const followStatus = (input: ProxyInput) => {
  const path = join(input.folder, "status.json");
  let seen: ProxyStatus = { failures: [] };
  const read = () => {
    if (!existsSync(path)) return;
    const status = proxyStatusSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (!status.success || isDeepStrictEqual(status.data, seen)) return;
    const keys = new Set([...seen.failures, ...status.data.failures].map(({ service }) => service));
    seen = status.data;
    for (const key of keys) {
      const { namespace, name } = splitKey(key);
      const service = input.store.get("services", namespace, name);
      if (service !== undefined)
        reportOn(
          input,
          service,
          seen.failures.filter((failure) => failure.service === key),
        );
    }
  };
  const reads = createQueue(read, (_, error) => input.onError("proxy status", error));
  const watcher = watch(input.folder, { persistent: false }, (_, name) => {
    if (name === "status.json") reads.add("status");
  });
  reads.add("status");
  return () => {
    watcher.close();
    reads.close();
  };
};

const runFolder = (folder: string) => join(folder, "run");

const start = (folder: string): Running => {
  rmSync(runFolder(folder), { recursive: true, force: true });
  rmSync(join(folder, "status.json"), { force: true });
  return launch({
    folder: runFolder(folder),
    command: [process.execPath, MAIN, folder],
    env: { PATH: dirname(process.execPath), NODE_NO_WARNINGS: "1" },
    cwd: folder,
  });
};

/** Resolves when a proxy has served its first table: it writes its status then. Rejects after `PATIENCE_MS`. */
const firstStatus = (folder: string): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const check = () => {
    if (existsSync(join(folder, "status.json"))) resolve();
  };
  const watcher = watch(folder, check);
  const timer = setTimeout(() => reject(new Error("the service proxy did not start")), PATIENCE_MS);
  check();
  return promise.finally(() => {
    watcher.close();
    clearTimeout(timer);
  });
};

/** Takes over a proxy that still runs or starts one, and starts it again when it ends. */
export const startProxy = async (input: ProxyInput): Promise<{ close(): Promise<void> }> => {
  const { folder, onError } = input;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stopTable = keepTable(input);
  const past = recall(runFolder(folder));
  let running = past.kind === "running" ? past.run : start(folder);
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const guard = () =>
    void running.exited.then(({ exitCode }) => {
      if (closed) return;
      onError("service proxy", new Error(`ended with code ${exitCode}`));
      later();
    });
  const later = () => {
    timer = setTimeout(() => {
      // Nobody catches what a timer throws, and on a full disk there is no room for the proxy's log.
      try {
        running = start(folder);
        guard();
      } catch (error) {
        onError("service proxy", error);
        later();
      }
    }, RESTART_MS);
  };
  guard();
  await firstStatus(folder);
  const stopStatus = followStatus(input);
  const close = async () => {
    closed = true;
    clearTimeout(timer);
    stopTable();
    stopStatus();
    await stop(running, STOP_MS);
  };
  return { close };
};
