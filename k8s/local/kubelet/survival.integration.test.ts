import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createStore, type Store } from "#k8s/local/store/store.ts";
import type { KubeObject } from "#k8s/local/store/types.ts";
import {
  deployment,
  isReady,
  NAMESPACE,
  processesIn,
  service,
  startTestNode,
  type TestNode,
} from "#test/support/local-node.ts";

const PROCESS = fileURLToPath(new URL("../../../test/support/local-node-process.ts", import.meta.url));

let cluster: TestNode;
beforeEach(async () => {
  cluster = await startTestNode();
});
afterEach(() => cluster.close());

const startProcess = async (): Promise<ChildProcess> => {
  const { dataDir, imagesFile, podCidr } = cluster.input;
  const input = {
    storeDir: join(cluster.folder, "store"),
    serviceCidr: cluster.serviceCidr,
    dataDir,
    imagesFile,
    podCidr,
  };
  const child = spawn(process.execPath, [PROCESS, JSON.stringify(input)], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  return child;
};
const readStore = (): Store =>
  createStore({ dataDir: join(cluster.folder, "store"), serviceCidr: cluster.serviceCidr });
const podsOf = (store: Store, app: string): KubeObject[] =>
  store.list("pods", NAMESPACE).filter((pod) => pod.metadata.labels?.app === app);
const containerId = (pod: KubeObject | undefined): string => pod?.status.containerStatuses[0].containerID;
const groupOf = (pod: KubeObject | undefined): number => Number(containerId(pod).split("//")[1]);
const linesOf = async (pod: string): Promise<string[]> => {
  const request = { namespace: NAMESPACE, pod, container: "web", follow: false, previous: false, timestamps: false };
  const chunks: string[] = [];
  for await (const chunk of cluster.node.logSource.read(request, new AbortController().signal))
    chunks.push(String(chunk));
  return chunks.join("").split("\n").filter(Boolean);
};
/** Ends this process's node without its pods, as if it had been killed, and starts one in a process of its own. */
const moveToProcess = async (): Promise<ChildProcess> => {
  await cluster.stop();
  return startProcess();
};

it("takes running pods over after kill -9: same processes, services never interrupted, no line of log missing", async () => {
  const address = cluster.store.create("services", service("web")).spec.clusterIP;
  cluster.store.create("deployments.apps", deployment({ name: "web", replicas: 2 }));
  cluster.store.create(
    "deployments.apps",
    deployment({ name: "ticker", container: { image: "ticker:1", readinessProbe: undefined } }),
  );
  await cluster.until("pods", () => [...cluster.pods("web"), ...cluster.pods("ticker")].filter(isReady).length === 3);
  const child = await moveToProcess();
  child.kill("SIGKILL");
  await once(child, "exit");
  const between = readStore();
  const before = podsOf(between, "web").map(containerId).sort();
  const ticker = podsOf(between, "ticker")[0];
  between.close();
  expect(before).toHaveLength(2);
  expect(await (await fetch(`http://${address}/`)).text()).toBe("ok 1");
  await cluster.start();
  const after = cluster.pods("web").map(containerId).sort();
  expect(after).toEqual(before);
  expect(cluster.pods("web").filter(isReady)).toHaveLength(2);
  expect(await (await fetch(`http://${address}/`)).text()).toBe("ok 1");
  const ticks = (await linesOf(ticker?.metadata.name ?? "")).map((line) => Number(line.replace("tick ", "")));
  expect(ticks.length).toBeGreaterThan(5);
  expect(ticks).toEqual(ticks.map((_, i) => i));
});

it("restarts what died and removes what was deleted while no node looked", async () => {
  cluster.store.create("deployments.apps", deployment({ name: "web", replicas: 2 }));
  await cluster.until("pods", () => cluster.pods("web").filter(isReady).length === 2);
  const child = await moveToProcess();
  child.kill("SIGKILL");
  await once(child, "exit");
  const between = readStore();
  const [dead, removed] = podsOf(between, "web");
  process.kill(-groupOf(dead), "SIGKILL");
  between.delete("pods", NAMESPACE, removed?.metadata.name ?? "", { gracePeriodSeconds: 0 });
  between.close();
  await cluster.start();
  await cluster.until("two ready pods", () => cluster.pods("web").filter(isReady).length === 2);
  const survivor = cluster.pods("web").find(({ metadata }) => metadata.uid === dead?.metadata.uid);
  expect(survivor?.status.containerStatuses[0].restartCount).toBe(dead?.status.containerStatuses[0].restartCount + 1);
  expect(survivor?.status.containerStatuses[0].lastState.terminated.exitCode).toBe(137);
  expect(processesIn(removed?.metadata.uid ?? "-")).toEqual([]);
});

const keys = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "keys", namespace: NAMESPACE },
  stringData: { a: "1" },
};
const withKeys = { volumes: [{ name: "keys", secret: { secretName: "keys" } }] };
const eventsOf = (reason: string) => cluster.store.list("events", NAMESPACE).filter((event) => event.reason === reason);

it("ends a pod that was asked to go before kill -9: by its preStop hook, or without one that cannot run", async () => {
  const marks = join(cluster.folder, "hooks");
  const preStop = { exec: { command: ["/bin/sh", "-c", `echo "$V" >>${marks}`] } };
  const container = { lifecycle: { preStop } };
  const unhurried = { terminationGracePeriodSeconds: 30 };
  cluster.store.create("secrets", keys);
  cluster.store.create("deployments.apps", deployment({ name: "plain", container, pod: unhurried }));
  cluster.store.create(
    "deployments.apps",
    deployment({ name: "keyed", container, pod: { ...unhurried, ...withKeys } }),
  );
  await cluster.until("pods", () => [...cluster.pods("plain"), ...cluster.pods("keyed")].filter(isReady).length === 2);
  const child = await moveToProcess();
  child.kill("SIGKILL");
  await once(child, "exit");
  const between = readStore();
  const going = [...podsOf(between, "plain"), ...podsOf(between, "keyed")];
  for (const { metadata } of going) between.delete("pods", NAMESPACE, metadata.name);
  between.delete("secrets", NAMESPACE, "keys");
  between.close();
  await cluster.start();
  for (const { metadata } of going) {
    await cluster.until(`the end of ${metadata.name}`, () => !cluster.store.get("pods", NAMESPACE, metadata.name));
    expect(processesIn(metadata.uid)).toEqual([]);
  }
  expect(readFileSync(marks, "utf8")).toBe("1\n");
  expect(eventsOf("FailedPreStopHook").map(({ message }) => message)).toEqual([
    "PreStopHook failed: the pod's volumes are not ready",
  ]);
});

it("probes a program that it took over once a volume that was missing is there", async () => {
  const container = { readinessProbe: { httpGet: { path: "/health", port: "http" }, periodSeconds: 1 } };
  cluster.store.create("secrets", keys);
  cluster.store.create("deployments.apps", deployment({ name: "web", container, pod: withKeys }));
  await cluster.until("pod", () => cluster.pods("web").some(isReady));
  const child = await moveToProcess();
  child.kill("SIGKILL");
  await once(child, "exit");
  const between = readStore();
  between.delete("secrets", NAMESPACE, "keys");
  between.close();
  await cluster.start();
  await cluster.until("news of the missing volume", () => eventsOf("FailedMount")[0]);
  await fetch(`http://${cluster.pods("web")[0]?.status.podIP}:8080/break`);
  cluster.store.create("secrets", keys);
  await cluster.until("what the probe found", () => !cluster.pods("web").some(isReady));
});

it("leaves no process behind when it is stopped, and starts the same pods again", async () => {
  cluster.store.create("services", service("web"));
  cluster.store.create("deployments.apps", deployment({ name: "web", replicas: 2 }));
  await cluster.until("pods", () => cluster.pods("web").filter(isReady).length === 2);
  const names = cluster.pods("web").map(({ metadata }) => metadata.name);
  const child = await moveToProcess();
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
  expect(processesIn(cluster.folder)).toEqual([]);
  await cluster.start();
  await cluster.until("pods", () => cluster.pods("web").filter(isReady).length === 2);
  expect(cluster.pods("web").map(({ metadata }) => metadata.name)).toEqual(names);
  const version = cluster.store.currentVersion();
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 1500);
  await promise;
  expect(cluster.store.currentVersion() - version).toBe(0);
});

it("follows a log until the container ends", async () => {
  const container = { image: "ticker:1", readinessProbe: undefined };
  cluster.store.create("deployments.apps", deployment({ name: "ticker", container }));
  const pod = await cluster.until("pod", () => cluster.pods("ticker").find(isReady));
  const request = { namespace: NAMESPACE, pod: pod.metadata.name, container: "web", follow: true, previous: false };
  const lines: string[] = [];
  const made = Date.parse(pod.metadata.creationTimestamp);
  const signal = new AbortController().signal;
  for await (const line of cluster.node.logSource.read({ ...request, timestamps: true }, signal)) {
    lines.push(String(line));
    if (lines.length === 20) cluster.store.delete("pods", NAMESPACE, pod.metadata.name);
  }
  const times = lines.map((line) => Date.parse(line.split(" ")[0] ?? ""));
  expect(lines.length).toBeGreaterThanOrEqual(20);
  expect(times.every((time, i) => time >= made && time >= (times[i - 1] ?? 0))).toBe(true);
  await cluster.until("its end", () => cluster.store.get("pods", NAMESPACE, pod.metadata.name) === undefined);
});
