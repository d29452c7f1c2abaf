import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Acks, PlanWire } from "#domain/traffic/wire.ts";
import { connectKube, type Kube } from "#k8s/client/kube.ts";
import type { LiveObject } from "#k8s/client/objects.ts";
import { type ApiServer, startApiServer } from "#k8s/local/api-server.ts";
import { RESET, SERVER_ERROR, TOO_OLD } from "#k8s/local/http/faults.ts";
import { startFreezableLink } from "#test/support/frozen-link.ts";
import { type ModelPod, startModelPod } from "#test/support/model-pod.ts";
import { aPlan } from "#test/support/plan-wire.ts";
import { type RouterProcess, startRouterProcess } from "#test/support/router-process.ts";

const NAMESPACE = "slipway-test";
const INSTALLATION = "0f8fad5b-d9cb-469f-a165-70867728950e";
const LEASE = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: NAMESPACE, name: "router-1" };
const by = { manager: "test" };

let folder: string;
let api: ApiServer;
let kube: Kube;
let podUid: string;
let pods: ModelPod[];
const routers: RouterProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "router-"));
  await startApi(0);
  kube = await connectKube({ kubeconfig: join(folder, "kubeconfig") });
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }, by);
  const pod = await kube.create(
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "router-1", namespace: NAMESPACE },
      spec: { containers: [{ name: "router", image: "x" }] },
    },
    by,
  );
  podUid = pod.metadata.uid;
  pods = await Promise.all(["r1", "r2"].map((name) => startModelPod(name)));
  for (const { name, address } of pods) await kube.create(aSlice(`iris-${name}`, address), by);
});
afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.kill()));
  kube.dropConnections();
  await Promise.all([api.close(), ...pods.map((pod) => pod.kill())]);
  await rm(folder, { recursive: true });
});

async function startApi(port: number): Promise<void> {
  api = await startApiServer({ dataDir: join(folder, "api"), port, kubeconfigPath: join(folder, "kubeconfig") });
}
async function startRouter(env: Record<string, string> = {}): Promise<RouterProcess> {
  const router = await startRouterProcess({
    POD_NAME: "router-1",
    POD_UID: podUid,
    POD_NAMESPACE: NAMESPACE,
    SLIPWAY_INSTALLATION: INSTALLATION,
    SLIPWAY_ENVIRONMENT: "local",
    STATE_DIR: join(folder, "state"),
    KUBECONFIG: join(folder, "kubeconfig"),
    ...env,
  });
  routers.push(router);
  return router;
}
const labels = (component: string) => ({
  "slipway.dev/installation": INSTALLATION,
  "slipway.dev/component": component,
});
const aSlice = (service: string, { id, host, port }: ModelPod["address"]) => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: {
    name: `${service}-x`,
    namespace: NAMESPACE,
    labels: { ...labels("model"), "kubernetes.io/service-name": service },
  },
  addressType: "IPv4",
  endpoints: [{ addresses: [host], conditions: { ready: true }, targetRef: { kind: "Pod", name: id, uid: id } }],
  ports: [{ name: "http", port, protocol: "TCP" }],
});
const putPlan = (plan: PlanWire, text = JSON.stringify(plan)) =>
  kube.apply(
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `${plan.endpoint}-plan`, namespace: NAMESPACE, labels: labels("plan") },
      data: { plan: text },
    },
    { ...by, force: true },
  );
async function acks(): Promise<Acks | null> {
  const lease: LiveObject | null = await kube.get(LEASE);
  return lease === null ? null : (JSON.parse(lease.metadata.annotations?.["slipway.dev/acks"] ?? "{}") as Acks);
}
const acknowledged = (number: number, uid = "uid-iris") =>
  expect.poll(async () => (await acks())?.[uid], { interval: 5, timeout: 15_000 }).toBe(number);
async function ask(router: RouterProcess): Promise<{ status: number; revision: string | null }> {
  const answer = await fetch(`${router.url}/iris/v2/models/iris/infer`, { method: "POST", body: "{}" });
  await answer.arrayBuffer();
  return { status: answer.status, revision: answer.headers.get("x-slipway-revision") };
}
async function stalenessSeconds(router: RouterProcess): Promise<number> {
  const text = await (await fetch(`${router.url}/metrics`)).text();
  return Number(/^slipway_plan_staleness_seconds (.*)$/m.exec(text)?.[1]);
}
const statusOf = async (url: string) => (await fetch(url)).status;

test("a router is ready after its lists and says in a Lease of its own which plans it follows", async () => {
  await putPlan(aPlan({ 1: 100 }, { number: 3 }));
  await putPlan(aPlan({}, { number: 0, endpoint: "empty" }));
  const router = await startRouter();
  await acknowledged(3);
  expect(await acks()).toEqual({ "uid-iris": 3, "uid-empty": 0 });
  expect(await statusOf(`${router.url}/health/ready`)).toBe(200);
  expect((await kube.get(LEASE))?.metadata).toMatchObject({
    labels: { ...labels("router"), "app.kubernetes.io/managed-by": "slipway" },
    ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "router-1", uid: podUid }],
  });
  expect((await kube.get(LEASE))?.spec).toMatchObject({ holderIdentity: "router-1" });
  expect(await ask(router)).toEqual({ status: 200, revision: "1" });
});

test("no request begun after an acknowledgement is answered by a revision that the plan excludes", async () => {
  await putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await startRouter();
  await acknowledged(1);
  let floor = 1;
  let done = false;
  const wrong: string[] = [];
  let answered = 0;
  const client = async () => {
    while (!done) {
      const [atLeast, started] = [floor, performance.now()];
      const answer = await fetch(`${router.url}/iris/v2/models/iris/infer`, { method: "POST", body: "{}" });
      await answer.arrayBuffer();
      const plan = Number(answer.headers.get("x-slipway-plan"));
      const revision = Number(answer.headers.get("x-slipway-revision"));
      answered++;
      if (answer.status !== 200 || plan < atLeast || revision !== 2 - (plan % 2)) wrong.push(`${started}: ${plan}`);
    }
  };
  const clients = Array.from({ length: 8 }, client);
  const tookMs: number[] = [];
  for (let number = 2; number <= 25; number++) {
    const begun = performance.now();
    await putPlan(aPlan({ [2 - (number % 2)]: 100 }, { number }));
    await acknowledged(number);
    floor = number;
    tookMs.push(performance.now() - begun);
  }
  done = true;
  await Promise.all(clients);
  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThan(200);
  console.info(`plan written → acknowledged, median ${tookMs.sort((a, b) => a - b)[12]?.toFixed(0)} ms`);
});

test("a lower number, and a plan that does not parse, change nothing and are not acknowledged", async () => {
  await putPlan(aPlan({ 1: 100 }, { number: 5 }));
  const router = await startRouter();
  await acknowledged(5);
  await putPlan(aPlan({ 2: 100 }, { number: 4 }));
  await router.logged("plan ignored: older than the one in force");
  await putPlan(aPlan({ 2: 100 }), "{nonsense");
  await router.logged("plan ignored: not readable");
  expect([await acks(), await ask(router)]).toEqual([{ "uid-iris": 5 }, { status: 200, revision: "1" }]);
  await putPlan(aPlan({ 2: 100 }, { number: 6 }));
  await acknowledged(6);
  expect((await ask(router)).revision).toBe("2");
  await kube.delete({ apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name: "iris-plan" });
  await router.logged("endpoint gone");
  expect((await ask(router)).status).toBe(404);
});

test("resets, errors, too old watches and refused Lease writes delay an acknowledgement and lose none", async () => {
  await putPlan(aPlan({ 1: 100 }, { number: 1 }));
  await startRouter();
  await acknowledged(1);
  const spoil = [SERVER_ERROR, RESET, TOO_OLD];
  let count = 0;
  const heal = api.faults.add(({ userAgent: _, verb, resource }) => {
    if (!["list", "watch", "patch"].includes(verb) || (resource === "configmaps" && verb === "patch")) return undefined;
    count++;
    return count > 8 ? undefined : spoil[count % spoil.length];
  });
  for (let number = 2; number <= 6; number++) {
    api.resetConnections();
    await putPlan(aPlan({ [2 - (number % 2)]: 100 }, { number }));
    await acknowledged(number);
  }
  heal();
  expect(count).toBeGreaterThan(8);
});

test("connections that carry nothing any more are noticed by the Lease's read within seconds", async () => {
  const link = await startFreezableLink(Number(new URL(api.url).port));
  const config = await readFile(join(folder, "kubeconfig"), "utf8");
  const through = join(folder, "kubeconfig-link");
  await writeFile(through, config.replaceAll(new URL(api.url).host, `127.0.0.1:${link.port}`));
  await putPlan(aPlan({ 1: 100 }, { number: 1 }));
  await startRouter({ KUBECONFIG: through });
  await acknowledged(1);
  link.freeze();
  const begun = performance.now();
  await putPlan(aPlan({ 2: 100 }, { number: 2 }));
  await acknowledged(2);
  expect(performance.now() - begun).toBeLessThan(5_000);
  await link.close();
});

test("without the API a router goes on, its restarted container too, and both follow when it is back", async () => {
  await putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const first = await startRouter();
  await acknowledged(1);
  await expect.poll(() => readFile(join(folder, "state/pods.json"), "utf8").catch(() => "")).toContain("iris-r1");
  const port = Number(new URL(api.url).port);
  await api.close();
  await first.logged("own lease not readable: connecting to the API anew");
  expect(await statusOf(`${first.url}/health/ready`)).toBe(200);
  expect(await ask(first)).toEqual({ status: 200, revision: "1" });
  await first.kill();

  const second = await startRouter();
  await expect.poll(() => statusOf(`${second.url}/health/ready`)).toBe(200);
  expect(await ask(second)).toEqual({ status: 200, revision: "1" });
  const staleness = await stalenessSeconds(second);
  expect(staleness).toBeGreaterThan(0);
  expect(await stalenessSeconds(second)).toBeGreaterThan(staleness);

  await startApi(port);
  kube = await connectKube({ kubeconfig: join(folder, "kubeconfig") });
  await putPlan(aPlan({ 2: 100 }, { number: 2 }));
  await acknowledged(2);
  expect(await ask(second)).toEqual({ status: 200, revision: "2" });
  const before = await stalenessSeconds(second);
  await expect.poll(() => stalenessSeconds(second), { timeout: 5_000 }).toBeLessThan(before);
});

test("a router without plans and without the API is not ready", async () => {
  const port = Number(new URL(api.url).port);
  await api.close();
  const router = await startRouter();
  expect(await statusOf(`${router.url}/health/ready`)).toBe(503);
  expect(await statusOf(`${router.url}/health/live`)).toBe(200);
  await startApi(port);
  kube = await connectKube({ kubeconfig: join(folder, "kubeconfig") });
  await router.logged("plans and pods listed");
  expect(await statusOf(`${router.url}/health/ready`)).toBe(200);
});

test("a paused router acknowledges nothing, and catches up when it goes on", async () => {
  await putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await startRouter();
  await acknowledged(1);
  router.child.kill("SIGSTOP");
  await putPlan(aPlan({ 2: 100 }, { number: 2 }));
  // Ten round trips to the API: a running router needs one.
  for (let i = 0; i < 10; i++) expect(await acks()).toEqual({ "uid-iris": 1 });
  router.child.kill("SIGCONT");
  await acknowledged(2);
  expect((await ask(router)).revision).toBe("2");
});

test("a Lease that somebody deleted or rewrote is put right", async () => {
  await putPlan(aPlan({ 1: 100 }, { number: 1 }));
  await startRouter();
  await acknowledged(1);
  await kube.delete(LEASE);
  await acknowledged(1);
  await kube.patch(LEASE, { metadata: { annotations: { "slipway.dev/acks": "{}" } } }, by);
  await acknowledged(1);
});

test("SIGTERM loses no request: unready at once, serving on, acknowledging to the end, then out with 0", async () => {
  await putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await startRouter({ DRAIN_SERVE_MS: "700" });
  await acknowledged(1);
  const statuses: number[] = [];
  let refused = false;
  const client = async () => {
    while (!refused) {
      const { status } = await ask(router).catch((error: Error & { cause?: { code?: string } }) => {
        // A connection refused was never accepted: its sender knows that nothing happened.
        refused = error.cause?.code === "ECONNREFUSED";
        return { status: refused ? 0 : -1 };
      });
      if (status !== 0) statuses.push(status);
    }
  };
  const clients = Array.from({ length: 8 }, client);
  await expect.poll(() => statuses.length).toBeGreaterThan(50);
  const exited = once(router.child, "exit");
  router.child.kill("SIGTERM");
  await router.logged("terminating: serving on until nobody sends here any more");
  expect(await statusOf(`${router.url}/health/ready`)).toBe(503);
  await putPlan(aPlan({ 2: 100 }, { number: 2 }));
  await acknowledged(2);
  expect(await exited).toEqual([0, null]);
  await Promise.all(clients);
  expect(new Set(statuses)).toEqual(new Set([200]));
});
