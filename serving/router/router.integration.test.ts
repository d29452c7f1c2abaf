import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RESET, SERVER_ERROR, TOO_OLD } from "#k8s/local/http/faults.ts";
import { startFreezableLink } from "#test/support/frozen-link.ts";
import { type ModelPod, startModelPod } from "#test/support/model-pod.ts";
import { aPlan } from "#test/support/plan-wire.ts";
import {
  installationLabels,
  LEASE,
  NAMESPACE,
  type RouterCluster,
  startRouterCluster,
} from "#test/support/router-cluster.ts";
import type { RouterProcess } from "#test/support/router-process.ts";

let cluster: RouterCluster;
let pods: ModelPod[];

beforeEach(async () => {
  cluster = await startRouterCluster();
  pods = await Promise.all(["r1", "r2"].map((name) => startModelPod(name)));
  for (const { name, address } of pods) await cluster.putPod(`iris-${name}`, address);
});
afterEach(() => Promise.all([cluster.close(), ...pods.map((pod) => pod.kill())]));

const acknowledged = (number: number) =>
  expect.poll(async () => (await cluster.acks())?.["uid-iris"], { interval: 5, timeout: 15_000 }).toBe(number);
async function ask(router: RouterProcess): Promise<{ status: number; revision: string | null }> {
  const answer = await fetch(`${router.url}/iris/v2/models/iris/infer`, { method: "POST", body: "{}" });
  await answer.arrayBuffer();
  return { status: answer.status, revision: answer.headers.get("x-slipway-revision") };
}
async function stalenessSeconds(router: RouterProcess): Promise<number> {
  const text = await (await fetch(`${router.url}/metrics`)).text();
  return Number(/^slipway_plan_staleness_seconds{environment="local"} (.*)$/m.exec(text)?.[1]);
}
const statusOf = async (url: string) => (await fetch(url)).status;

test("a router is ready after its lists and says in a Lease of its own which plans it follows", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 3 }));
  await cluster.putPlan(aPlan({}, { number: 0, endpoint: "empty" }));
  const router = await cluster.startRouter();
  await acknowledged(3);
  expect(await cluster.acks()).toEqual({ "uid-iris": 3, "uid-empty": 0 });
  expect(await statusOf(`${router.url}/health/ready`)).toBe(200);
  expect((await cluster.kube().get(LEASE))?.metadata).toMatchObject({
    labels: { ...installationLabels("router"), "app.kubernetes.io/managed-by": "slipway" },
    ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "router-1", uid: cluster.podUid }],
  });
  expect((await cluster.kube().get(LEASE))?.spec).toMatchObject({ holderIdentity: "router-1" });
  expect(await ask(router)).toEqual({ status: 200, revision: "1" });
});

test("no request begun after an acknowledgement is answered by a revision that the plan excludes", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await cluster.startRouter();
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
    await cluster.putPlan(aPlan({ [2 - (number % 2)]: 100 }, { number }));
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
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 5 }));
  const router = await cluster.startRouter();
  await acknowledged(5);
  await cluster.putPlan(aPlan({ 2: 100 }, { number: 4 }));
  await router.logged("plan ignored: older than the one in force");
  await cluster.putPlan(aPlan({ 2: 100 }), "{nonsense");
  await router.logged("plan ignored: not readable");
  expect([await cluster.acks(), await ask(router)]).toEqual([{ "uid-iris": 5 }, { status: 200, revision: "1" }]);
  await cluster.putPlan(aPlan({ 2: 100 }, { number: 6 }));
  await acknowledged(6);
  expect((await ask(router)).revision).toBe("2");
  await cluster.kube().delete({ apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name: "iris-plan" });
  await router.logged("endpoint gone");
  expect((await ask(router)).status).toBe(404);
});

test("resets, errors, too old watches and refused Lease writes delay an acknowledgement and lose none", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  await cluster.startRouter();
  await acknowledged(1);
  const spoil = [SERVER_ERROR, RESET, TOO_OLD];
  let count = 0;
  const heal = cluster.api().faults.add(({ userAgent: _, verb, resource }) => {
    if (!["list", "watch", "patch"].includes(verb) || (resource === "configmaps" && verb === "patch")) return undefined;
    count++;
    return count > 8 ? undefined : spoil[count % spoil.length];
  });
  for (let number = 2; number <= 6; number++) {
    cluster.api().resetConnections();
    await cluster.putPlan(aPlan({ [2 - (number % 2)]: 100 }, { number }));
    await acknowledged(number);
  }
  heal();
  expect(count).toBeGreaterThan(8);
});

test("connections that carry nothing any more are noticed by the Lease's read within seconds", async () => {
  const link = await startFreezableLink(Number(new URL(cluster.api().url).port));
  const config = await readFile(join(cluster.folder, "kubeconfig"), "utf8");
  const through = join(cluster.folder, "kubeconfig-link");
  await writeFile(through, config.replaceAll(new URL(cluster.api().url).host, `127.0.0.1:${link.port}`));
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  await cluster.startRouter({ KUBECONFIG: through });
  await acknowledged(1);
  link.freeze();
  const begun = performance.now();
  await cluster.putPlan(aPlan({ 2: 100 }, { number: 2 }));
  await acknowledged(2);
  expect(performance.now() - begun).toBeLessThan(10_000);
  await link.close();
});

test("an API that answers is left its watches, also when it refuses the Lease's read", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await cluster.startRouter();
  await acknowledged(1);
  const asked = { lease: 0, list: 0 };
  const { promise: threeReads, resolve } = Promise.withResolvers<void>();
  cluster.api().faults.add(({ verb, resource }) => {
    if (verb === "list" && resource === "configmaps") asked.list++;
    if (verb !== "get" || resource !== "leases.coordination.k8s.io") return undefined;
    if (++asked.lease === 3) resolve();
    return SERVER_ERROR;
  });
  await threeReads;
  expect(asked.list).toBe(0);
  await cluster.putPlan(aPlan({ 2: 100 }, { number: 2 }));
  await router.logged("plan in force");
  await expect.poll(async () => (await ask(router)).revision).toBe("2");
});

test("without the API a router goes on, its restarted container too, and both follow when it is back", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const first = await cluster.startRouter();
  await acknowledged(1);
  await expect
    .poll(() => readFile(join(cluster.folder, "state/pods.json"), "utf8").catch(() => ""))
    .toContain("iris-r1");
  await cluster.stopApi();
  await first.logged("own lease not readable: connecting to the API anew");
  expect(await statusOf(`${first.url}/health/ready`)).toBe(200);
  expect(await ask(first)).toEqual({ status: 200, revision: "1" });
  await first.kill();

  const second = await cluster.startRouter();
  await expect.poll(() => statusOf(`${second.url}/health/ready`)).toBe(200);
  expect(await ask(second)).toEqual({ status: 200, revision: "1" });
  const staleness = await stalenessSeconds(second);
  expect(staleness).toBeGreaterThan(0);
  expect(await stalenessSeconds(second)).toBeGreaterThan(staleness);

  await cluster.restartApi();
  await cluster.putPlan(aPlan({ 2: 100 }, { number: 2 }));
  await acknowledged(2);
  expect(await ask(second)).toEqual({ status: 200, revision: "2" });
  await expect.poll(() => stalenessSeconds(second)).toBeLessThan(2.5);
});

test("a router without plans and without the API is not ready", async () => {
  await cluster.stopApi();
  const router = await cluster.startRouter();
  expect(await statusOf(`${router.url}/health/ready`)).toBe(503);
  expect(await statusOf(`${router.url}/health/live`)).toBe(200);
  await cluster.restartApi();
  await router.logged("plans and pods listed");
  expect(await statusOf(`${router.url}/health/ready`)).toBe(200);
});

test("a paused router acknowledges nothing, and catches up when it goes on", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await cluster.startRouter();
  await acknowledged(1);
  router.child.kill("SIGSTOP");
  await cluster.putPlan(aPlan({ 2: 100 }, { number: 2 }));
  // Ten round trips to the API: a running router needs one.
  for (let i = 0; i < 10; i++) expect(await cluster.acks()).toEqual({ "uid-iris": 1 });
  router.child.kill("SIGCONT");
  await acknowledged(2);
  expect((await ask(router)).revision).toBe("2");
});

test("a Lease that somebody deleted or rewrote is put right", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  await cluster.startRouter();
  await acknowledged(1);
  await cluster.kube().delete(LEASE);
  await acknowledged(1);
  await cluster.kube().patch(LEASE, { metadata: { annotations: { "slipway.dev/acks": "{}" } } }, { manager: "test" });
  await acknowledged(1);
});

test("SIGTERM loses no request: unready at once, serving on, acknowledging to the end, then out with 0", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await cluster.startRouter({ DRAIN_SERVE_MS: "3000" });
  await acknowledged(1);
  const statuses: number[] = [];
  let unheard = true;
  const client = async () => {
    while (unheard) statuses.push((await ask(router)).status);
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  await expect.poll(() => statuses.length).toBeGreaterThan(50);
  const exited = once(router.child, "exit");
  router.child.kill("SIGTERM");
  await router.logged("terminating: serving on until nobody sends here any more");
  expect(await statusOf(`${router.url}/health/ready`)).toBe(503);
  await cluster.putPlan(aPlan({ 2: 100 }, { number: 2 }));
  await acknowledged(2);
  expect((await ask(router)).revision).toBe("2");
  // Senders hear of it well within the time it serves on; requests under way then are finished.
  unheard = false;
  await clients;
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await exited).toEqual([0, null]);
});

test("a plan that comes before the slices of its revision waits for them, so that no request is refused", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await cluster.startRouter();
  await acknowledged(1);
  // The slices' watch fails again and again, so that the router waits ever longer before it looks once more.
  let failed = () => {};
  const heal = cluster.api().faults.add(({ verb, resource }) => {
    if (verb !== "watch" || resource !== "endpointslices.discovery.k8s.io") return undefined;
    failed();
    return SERVER_ERROR;
  });
  const watchFailed = () =>
    new Promise<void>((resolve) => {
      failed = resolve;
    });
  cluster.api().resetConnections();
  cluster.kube().dropConnections();
  for (let i = 0; i < 5; i++) await watchFailed();
  const statuses: number[] = [];
  let done = false;
  const client = async () => {
    while (!done) statuses.push((await ask(router)).status);
  };
  const running = client();
  for (let number = 2; number <= 4; number++) {
    const [pod] = pods;
    if (pod === undefined) throw new Error("no pod");
    await watchFailed();
    await cluster.putPod(`iris-r${number + 10}`, { ...pod.address, id: `pod-${number}` });
    await cluster.putPlan(aPlan({ [number + 10]: 100 }, { number }));
    await acknowledged(number);
    expect(await ask(router)).toEqual({ status: 200, revision: String(number + 10) });
  }
  done = true;
  await running;
  heal();
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test("a plan of which no pod is known is neither followed nor acknowledged while the slices cannot be listed", async () => {
  await cluster.putPlan(aPlan({ 1: 100 }, { number: 1 }));
  const router = await cluster.startRouter();
  await acknowledged(1);
  const { promise: refusedOften, resolve } = Promise.withResolvers<void>();
  let refused = 0;
  // With growing pauses in between: more than a second in all.
  const heal = cluster.api().faults.add(({ verb, resource }) => {
    if (!["list", "watch"].includes(verb) || resource !== "endpointslices.discovery.k8s.io") return undefined;
    if (++refused === 9) resolve();
    return SERVER_ERROR;
  });
  cluster.api().resetConnections();
  cluster.kube().dropConnections();
  const [pod] = pods;
  if (pod === undefined) throw new Error("no pod");
  await cluster.putPod("iris-r12", { ...pod.address, id: "pod-12" });
  await cluster.putPlan(aPlan({ 12: 100 }, { number: 2 }));
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  let done = false;
  const client = async () => {
    while (!done) answers.push(await ask(router));
  };
  const running = client();
  await refusedOften;
  expect(await cluster.acks()).toEqual({ "uid-iris": 1 });
  expect(await ask(router)).toEqual({ status: 200, revision: "1" });
  heal();
  await acknowledged(2);
  expect(await ask(router)).toEqual({ status: 200, revision: "12" });
  done = true;
  await running;
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});
