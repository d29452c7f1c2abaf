import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answerWith, type ModelPod, startModelPod } from "#test/support/model-pod.ts";
import { aPlan } from "#test/support/plan-wire.ts";
import { type Answer, podOf, type RouterInProcess, startRouterInProcess } from "#test/support/router-in-process.ts";

let router: RouterInProcess;
let pods: ModelPod[];
const pod = (index: number): ModelPod => {
  const found = pods[index];
  if (found === undefined) throw new Error(`no pod ${index}`);
  return found;
};

beforeEach(async () => {
  router = await startRouterInProcess();
  pods = await Promise.all(["a", "b", "c"].map((name) => startModelPod(name)));
});
afterEach(() => Promise.all([router.close(), ...pods.map((one) => one.kill().catch(() => {}))]));

const codeOf = (answer: Answer) => (JSON.parse(answer.body) as { code: string }).code;
const served = (role: string, code: number, revision = 1) =>
  router.metric("slipway_requests_total", { role, code, revision });

test("a connection that breaks before any byte is tried again on another pod, POST too", async () => {
  router.setPods("iris-r1", pod(0), pod(1));
  router.setPlan(aPlan({ 1: 100 }));
  pod(0).respondWith((req) => req.socket.resetAndDestroy());
  const answers = await Promise.all(Array.from({ length: 40 }, () => router.ask({ body: '{"n":1}' })));
  expect(answers.map(podOf)).toEqual(Array(40).fill("b"));
  expect(pod(1).seen.every((request) => request.body === '{"n":1}')).toBe(true);
  expect(await served("live", 200)).toBe(40);
});

test("a request is sent at most twice, and what breaks twice is 502", async () => {
  router.setPods("iris-r1", pod(0), pod(1), pod(2));
  router.setPlan(aPlan({ 1: 100 }));
  for (const one of pods) one.respondWith((req) => req.socket.resetAndDestroy());
  const answer = await router.ask();
  expect([answer.status, codeOf(answer)]).toEqual([502, "pod_failed"]);
  expect(pods.flatMap((one) => one.seen)).toHaveLength(2);
});

test("an idle connection that the only pod closed fails no request", async () => {
  router.setPods("iris-r1", pod(0));
  router.setPlan(aPlan({ 1: 100 }));
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 8 }, () => router.ask()));
    // The requests are on their way on connections that are being reset.
    for (const socket of pod(0).sockets) socket.resetAndDestroy();
    const answers = await Promise.all(Array.from({ length: 8 }, () => router.ask()));
    expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200));
  }
});

test("a pod killed under load fails no request, and its successor at the same address is used", async () => {
  router.setPods("iris-r1", pod(0), pod(1));
  router.setPlan(aPlan({ 1: 100 }));
  const statuses = new Map<number, number>();
  let done = false;
  const client = async () => {
    while (!done) {
      const { status } = await router.ask();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const total = () => [...statuses.values()].reduce((sum, n) => sum + n, 0);
  const more = async (count: number) => {
    const until = total() + count;
    while (total() < until) await router.ask();
  };
  const clients = Array.from({ length: 24 }, client);
  await more(300);
  await pod(0).kill();
  await more(600);
  const back = await startModelPod("a2", pod(0).address.port);
  pods.push(back);
  router.setPods("iris-r1", back, pod(1));
  await more(600);
  done = true;
  await Promise.all(clients);
  expect([...statuses.keys()]).toEqual([200]);
  expect(back.seen.length).toBeGreaterThan(100);
});

test("a pod that is no longer ready gets no new request, and finishes what it has", async () => {
  router.setPods("iris-r1", pod(0), pod(1));
  router.setPlan(aPlan({ 1: 100 }));
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  pod(0).respondWith((_, res) => {
    reach();
    void release.then(() => res.end('{"pod":"a"}'));
  });
  const early = [router.ask(), router.ask()];
  await reached;
  router.setPods("iris-r1", pod(1));
  const before = pod(0).seen.length;
  const later = await Promise.all(Array.from({ length: 20 }, () => router.ask()));
  expect(later.map(podOf)).toEqual(Array(20).fill("b"));
  resolve();
  expect((await Promise.all(early)).map(podOf).sort()).toEqual(["a", "b"]);
  expect(pod(0).seen).toHaveLength(before);
});

test("requests go to the pod with the fewest outstanding", async () => {
  router.setPods("iris-r1", pod(0), pod(1));
  router.setPlan(aPlan({ 1: 100 }));
  const hanging = new AbortController();
  const reached = new Promise<void>((resolve) => pod(0).respondWith(() => resolve()));
  const stuck = Array.from({ length: 2 }, () => router.ask({ signal: hanging.signal }).catch(() => undefined));
  await reached;
  await Promise.race(stuck);
  for (let i = 0; i < 10; i++) expect(podOf(await router.ask())).toBe("b");
  expect(pod(0).seen).toHaveLength(1);
  hanging.abort();
  await Promise.all(stuck);
});

test("a live entry without ready pods is answered by the largest share that has some, and counted against it", async () => {
  router.setPods("iris-r1");
  router.setPods("iris-r2", pod(1));
  router.setPods("iris-r3", pod(2));
  router.setPlan(aPlan({ 1: 60, 2: 10, 3: 30 }));
  const answers = await Promise.all(Array.from({ length: 60 }, () => router.ask()));
  expect(answers.map((answer) => answer.status)).toEqual(Array(60).fill(200));
  const fallen = answers.filter((answer) => answer.headers["x-slipway-fallback"] !== undefined);
  expect(fallen.length).toBeGreaterThan(15);
  for (const { headers } of fallen) {
    expect([headers["x-slipway-fallback"], headers["x-slipway-revision"]]).toEqual(["1", "3"]);
  }
  expect(await served("fallback", 503)).toBe(fallen.length);
  expect(await served("live", 200)).toBe(0);
});

test("pods that died before their slices say so count as lost: the others answer", async () => {
  router.setPods("iris-r1", pod(0));
  router.setPods("iris-r2", pod(1));
  router.setPlan(aPlan({ 1: 90, 2: 10 }));
  await Promise.all(Array.from({ length: 10 }, () => router.ask()));
  await pod(0).kill();
  const answers = await Promise.all(Array.from({ length: 30 }, () => router.ask()));
  expect(answers.map((answer) => [answer.status, podOf(answer)])).toEqual(Array(30).fill([200, "b"]));
});

test("with onUnavailable fail nobody stands in, and without any pod the answer is 503 with Retry-After", async () => {
  router.setPods("iris-r2", pod(1));
  router.setPlan(aPlan({ 1: 100, 2: 0 }, { number: 1 }));
  const alone = await router.ask();
  expect([alone.status, codeOf(alone), alone.headers["retry-after"]]).toEqual([503, "no_ready_pods", "1"]);
  router.setPlan(aPlan({ 1: 50, 2: 50 }, { number: 2, onUnavailable: "fail" }));
  const answers = await Promise.all(Array.from({ length: 30 }, () => router.ask()));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 503]));
  expect(answers.every((answer) => answer.headers["x-slipway-fallback"] === undefined)).toBe(true);
  const forced = await router.ask({ headers: { "x-slipway-revision": "1" } });
  expect(forced.status).toBe(503);
});

test("half an answer never looks whole", async () => {
  router.setPods("iris-r1", pod(0));
  router.setPlan(aPlan({ 1: 100 }));
  for (const headers of [{ "content-length": 100 }, {}]) {
    pod(0).respondWith((_, res) => {
      res.writeHead(200, headers);
      res.write("half", () => res.socket?.resetAndDestroy());
    });
    await expect(router.ask()).rejects.toThrow();
  }
  expect(await served("live", 502)).toBe(2);
});

test("a burst leaves no more than 128 idle connections to a pod behind", async () => {
  router.setPods("iris-r1", pod(0));
  router.setPlan(aPlan({ 1: 100 }));
  const waiting: ServerResponse[] = [];
  pod(0).respondWith((_, res) => {
    waiting.push(res);
    if (waiting.length === 200) for (const held of waiting) answerWith(held, "a");
  });
  const answers = await Promise.all(Array.from({ length: 200 }, () => router.ask()));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  await expect.poll(() => pod(0).sockets.size).toBeLessThanOrEqual(128);
});

test("what is not HTTP is 502", async () => {
  router.setPods("iris-r1", pod(0));
  router.setPlan(aPlan({ 1: 100 }));
  for (const nonsense of [
    "SSH-2.0-x\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 1x\r\n\r\n",
    "HTTP/1.1 099 No\r\n\r\n",
  ]) {
    pod(0).respondWith((_, res) => res.socket?.end(nonsense));
    expect((await router.ask()).status).toBe(502);
  }
});

test("draining loses nothing: requests go on being answered, each connection closes with its answer", async () => {
  router.setPods("iris-r1", pod(0));
  router.setPlan(aPlan({ 1: 100 }));
  pod(0).respondWith((_, res) => setImmediate(() => res.end('{"pod":"a"}')));
  const before = await Promise.all(Array.from({ length: 10 }, () => router.ask()));
  const during = Array.from({ length: 50 }, () => router.ask());
  router.router.beginDrain();
  expect((await router.ask({ path: "/health/ready", method: "GET" })).status).toBe(503);
  const after = await Promise.all(Array.from({ length: 50 }, () => router.ask()));
  const last = router.ask();
  const closed = once(router.router.server, "close");
  router.router.server.close();
  const all = [...before, ...(await Promise.all(during)), ...after];
  expect(new Set(all.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(after.every((answer) => answer.headers.connection === "close")).toBe(true);
  await last.catch(() => {});
  await closed;
});
