/** A local cluster without its HTTP API: real store, controllers, kubelet and proxy in a folder of its own. */
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalNode, type NodeInput, startNode } from "#k8s/local/kubelet/node.ts";
import { createStore, type Store } from "#k8s/local/store/store.ts";
import type { KubeObject } from "#k8s/local/store/types.ts";

export const NAMESPACE = "test";

/** Answers `GET /` with `ok <V>`, `/env` with its environment and arguments; fails or ends as its variables say. */
const SERVER = `
import { createServer } from "node:http";
const { POD_IP, PORT = "8080", V = "", READY_AFTER_MS = "0", SLOW_MS = "0", EXIT_AFTER_MS, EXIT_CODE = "1" } = process.env;
const startedAt = Date.now();
let unhealthy = false;
const server = createServer((request, response) => {
  if (request.url === "/break") unhealthy = true;
  if (request.url === "/health") { response.statusCode = unhealthy ? 500 : 200; return response.end(); }
  if (request.url === "/ready") { response.statusCode = Date.now() - startedAt < Number(READY_AFTER_MS) ? 503 : 200; return response.end(); }
  if (request.url === "/env") return response.end(JSON.stringify({ env: process.env, args: process.argv.slice(2), pid: process.pid }));
  setTimeout(() => response.end("ok " + V), Number(SLOW_MS));
});
server.listen(Number(PORT), POD_IP, () => console.log("listening as " + V));
if (EXIT_AFTER_MS) setTimeout(() => process.exit(Number(EXIT_CODE)), Number(EXIT_AFTER_MS));
process.on("SIGTERM", () => {
  console.log("stopping");
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
`;

/** Prints a line every 20 ms; ignores SIGTERM when told to. */
const TICKER = `
let n = 0;
setInterval(() => console.log("tick " + n++), 20);
process.on("SIGTERM", () => { if (!process.env.STUBBORN) process.exit(0); });
`;

export type TestNode = {
  store: Store;
  node: LocalNode;
  /** Folder of everything. */
  folder: string;
  input: NodeInput;
  serviceCidr: string;
  /** Resolves with the first truthy value of `probe`, asked again after every write to the store. */
  until: <T>(what: string, probe: () => T | undefined | false | null, timeoutMs?: number) => Promise<T>;
  pods: (app: string) => KubeObject[];
  /** Stops the node and the store, keeps the folder. */
  stop: () => Promise<void>;
  /** After `stop`: another node on the same folder, as after a restart of the cluster's process. */
  start: () => Promise<void>;
  close: () => Promise<void>;
};

const writePrograms = (folder: string): string => {
  mkdirSync(join(folder, "programs"), { recursive: true });
  const program = (name: string, text: string) => {
    const path = join(folder, "programs", `${name}.mjs`);
    writeFileSync(path, text);
    return { command: [process.execPath, path] };
  };
  const images = {
    "server:1": { ...program("server", SERVER), env: { IN_IMAGE: "image", MODE: "image" } },
    "ticker:1": program("ticker", TICKER),
    "shell:1": { command: ["/bin/sh"] },
  };
  const file = join(folder, "images.json");
  writeFileSync(file, JSON.stringify(images));
  return file;
};

export const untilIn =
  (store: Store) =>
  async <T>(what: string, probe: () => T | undefined | false | null, timeoutMs = 20_000) => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const check = () => {
      const value = probe();
      if (value) resolve(value);
    };
    const unsubscribe = store.subscribe(() => setImmediate(check));
    const timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms for ${what}`)), timeoutMs);
    check();
    return promise.finally(() => {
      unsubscribe();
      clearTimeout(timer);
    });
  };

/** Ranges differ between test files running at the same time. */
export const randomRanges = () => {
  const second = randomInt(100, 250);
  const third = randomInt(0, 256);
  return { podCidr: `127.${second}.${third}.0/24`, serviceCidr: `127.${second - 50}.${third}.0/24` };
};

export const startTestNode = async (options: Partial<NodeInput> = {}): Promise<TestNode> => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-node-"));
  const { podCidr, serviceCidr } = randomRanges();
  const open = () => createStore({ dataDir: join(folder, "store"), serviceCidr });
  const first = open();
  first.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  const input: NodeInput = {
    store: first,
    dataDir: join(folder, "node"),
    imagesFile: writePrograms(folder),
    podCidr,
    apiUrl: "https://127.0.0.1:1",
    caPem: "test",
    tokenForServiceAccount: () => "test-token",
    backoffMs: 200,
    onError: (what, error) => console.error(what, error),
    ...options,
  };
  mkdirSync(input.dataDir, { recursive: true });
  const test: TestNode = {
    store: first,
    node: await startNode(input),
    folder,
    input,
    serviceCidr,
    until: untilIn(first),
    pods: (app) => test.store.list("pods", NAMESPACE).filter((pod) => pod.metadata.labels?.app === app),
    stop: async () => {
      await test.node.close();
      test.store.close();
    },
    start: async () => {
      test.store = open();
      test.until = untilIn(test.store);
      test.node = await startNode({ ...input, store: test.store });
    },
    close: async () => {
      // A test that failed half-way may have left the node stopped and its pods running.
      await test.stop().catch(() => undefined);
      for (const pid of processesIn(folder)) process.kill(pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return test;
};

type Workload = {
  name: string;
  replicas?: number;
  pod?: Record<string, unknown>;
  container?: Record<string, unknown>;
  spec?: Record<string, unknown>;
};

/** A Deployment of the server, ready as soon as it listens. */
export const deployment = ({ name, replicas = 1, pod = {}, container = {}, spec = {} }: Workload) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: NAMESPACE, labels: { app: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    ...spec,
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 5,
        ...pod,
        containers: [
          {
            name: "web",
            image: "server:1",
            ports: [{ name: "http", containerPort: 8080 }],
            env: [
              { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
              { name: "V", value: "1" },
            ],
            readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 1 },
            ...container,
          },
        ],
      },
    },
  },
});

export const service = (name: string, spec: Record<string, unknown> = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: NAMESPACE, labels: { app: name } },
  spec: { selector: { app: name }, ports: [{ name: "http", port: 80, targetPort: "http" }], ...spec },
});

/** Processes whose command line or working directory lies in this folder. */
export const processesIn = (folder: string): number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && existsSync(`/proc/${pid}/cmdline`))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
      } catch {
        return false;
      }
    });

export const isReady = (pod: KubeObject): boolean =>
  pod.status?.conditions?.some(
    ({ type, status }: { type: string; status: string }) => type === "Ready" && status === "True",
  ) === true && pod.metadata.deletionTimestamp === undefined;
