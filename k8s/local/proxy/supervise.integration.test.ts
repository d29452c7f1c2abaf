import { once } from "node:events";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  deployment,
  isReady,
  NAMESPACE,
  processesIn,
  service,
  startTestNode,
  type TestNode,
} from "#test/support/local-node.ts";

let cluster: TestNode;
let errors: unknown[];
beforeEach(async () => {
  errors = [];
  cluster = await startTestNode({ onError: (_, error) => errors.push(error) });
});
afterEach(() => cluster.close());

const eventsOf = (reason: string) => cluster.store.list("events", NAMESPACE).filter((event) => event.reason === reason);

it("shows on the Service that its port is taken, and takes it back when it is free", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const nodePort = (blocker.address() as { port: number }).port;
  const ports = [{ name: "http", port: 80, targetPort: "http", nodePort }];
  cluster.store.create("services", service("web", { type: "NodePort", ports }));
  const conditions = () => cluster.store.get("services", NAMESPACE, "web")?.status?.conditions;
  await cluster.until("the condition", () => conditions()?.[0]);
  expect(conditions()[0]).toMatchObject({ type: "Listening", status: "False", reason: "ListenFailed" });
  expect(eventsOf("ListenFailed")[0]?.message).toBe(`listen tcp 127.0.0.1:${nodePort}: address already in use`);
  blocker.close();
  await cluster.until("recovery", () => conditions() === undefined);
});

const killProxy = () => {
  const proxies = processesIn("k8s/local/proxy/main.ts").filter((pid) => processesIn(cluster.folder).includes(pid));
  for (const pid of proxies) process.kill(pid, "SIGKILL");
};
const answers = (address: string) =>
  expect.poll(() =>
    fetch(`http://${address}/`).then(
      (response) => response.text(),
      () => "down",
    ),
  );

it("comes back by itself when the proxy is killed", async () => {
  const address = cluster.store.create("services", service("web")).spec.clusterIP;
  cluster.store.create("deployments.apps", deployment({ name: "web" }));
  await cluster.until("a pod", () => cluster.pods("web").find(isReady));
  killProxy();
  await answers(address).toBe("ok 1");
});

it("goes on trying while the disk takes no new proxy, instead of ending the cluster", async () => {
  const address = cluster.store.create("services", service("web")).spec.clusterIP;
  cluster.store.create("deployments.apps", deployment({ name: "web" }));
  await cluster.until("a pod", () => cluster.pods("web").find(isReady));
  await answers(address).toBe("ok 1");
  const folder = join(cluster.input.dataDir, "proxy");
  renameSync(folder, `${folder}.away`);
  writeFileSync(folder, "");
  killProxy();
  await expect.poll(() => errors.filter((error) => String(error).includes("ENOTDIR")).length).toBeGreaterThan(1);
  rmSync(folder);
  renameSync(`${folder}.away`, folder);
  await answers(address).toBe("ok 1");
});
