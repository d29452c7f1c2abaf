import { afterEach, beforeEach, expect, test } from "vitest";
import { type ModelPod, startModelPod } from "#test/support/model-pod.ts";
import { aPlan, aShadow } from "#test/support/plan-wire.ts";
import { type RouterInProcess, startRouterInProcess } from "#test/support/router-in-process.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

let router: RouterInProcess;
let live: ModelPod;
let shadow: ModelPod;

beforeEach(async () => {
  [router, live, shadow] = await Promise.all([
    startRouterInProcess(seededRandom(42)),
    startModelPod("live"),
    startModelPod("shadow"),
  ]);
  router.setPods("iris-r1", live);
  router.setPods("iris-r2", shadow);
});
afterEach(() => Promise.all([router.close(), live.kill(), shadow.kill()]));

const withShadow = (shadowBps: number, over = {}) => {
  const plan = aPlan({ 1: 100 }, over);
  return { ...plan, entries: [...plan.entries, aShadow("iris", 2, shadowBps)] };
};

/** Latencies in milliseconds of `count` requests, one after another. */
async function latenciesMs(count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const begun = performance.now();
    const answer = await router.ask();
    expect(answer).toMatchObject({ status: 200, body: '{"pod":"live"}' });
    taken.push(performance.now() - begun);
  }
  return taken.sort((a, b) => a - b);
}

test("a shadow gets a copy of live requests and its answer reaches nobody", async () => {
  router.setPlan(withShadow(10_000));
  const copied = new Promise<void>((resolve) =>
    shadow.respondWith((_, res) => {
      res.on("close", resolve);
      res.writeHead(500).end("shadow");
    }),
  );
  const answer = await router.ask({
    body: '{"x":1}',
    headers: { "x-unit-id": "u", "content-type": "application/json" },
  });
  expect(answer).toMatchObject({ status: 200, body: '{"pod":"live"}' });
  await copied;
  const [sent, copy] = [live.seen[0], shadow.seen[0]];
  expect(copy).toMatchObject({ method: "POST", path: sent?.path, body: '{"x":1}' });
  expect(copy?.headers["x-request-id"]).toBe(answer.headers["x-request-id"]);
  await expect.poll(() => router.metric("slipway_requests_total", { role: "shadow", code: 500, revision: 2 })).toBe(1);
  expect(await router.metric("slipway_requests_total", { role: "live", revision: 2 })).toBe(0);
});

test("only the share asked for is copied, and forced requests never", async () => {
  router.setPlan(withShadow(2_500));
  const count = 400;
  for (let i = 0; i < count; i++) await router.ask();
  await router.ask({ headers: { "x-slipway-revision": "1" } });
  await expect.poll(() => router.metric("slipway_requests_total", { role: "shadow" })).toBe(shadow.seen.length);
  expect(Math.abs(shadow.seen.length - count * 0.25)).toBeLessThan(3.29 * Math.sqrt(count * 0.25 * 0.75));
  router.setPlan(withShadow(10_000, { number: 2 }));
  const before = shadow.seen.length;
  await router.ask({ headers: { "x-slipway-revision": "1" } });
  await router.ask();
  await expect.poll(() => shadow.seen.length).toBe(before + 1);
});

test("a shadow that hangs makes no live answer slower or worse; copies beyond its bounds are dropped and counted", async () => {
  router.setPlan(aPlan({ 1: 100 }, { number: 1 }));
  await latenciesMs(300);
  const alone = await latenciesMs(600);
  shadow.respondWith(() => {});
  router.setPlan(withShadow(10_000, { number: 2 }));
  const beside = await latenciesMs(600);
  const median = (sorted: number[]) => sorted[sorted.length >> 1] ?? 0;
  console.info(`median alone ${median(alone).toFixed(3)} ms, beside a hanging shadow ${median(beside).toFixed(3)} ms`);
  // The machine's noise is larger than the difference; a wait for the shadow would be thousands of milliseconds.
  expect(median(beside)).toBeLessThan(median(alone) * 5 + 50);
  expect(beside.at(-1)).toBeLessThan(2_000);
  expect(shadow.seen).toHaveLength(8);
  expect(await router.metric("slipway_shadow_dropped_total", { revision: 2 })).toBe(600 - 8 - 32);
});

test("a shadow has its own deadline and makes room again", async () => {
  router.setPlan(withShadow(10_000, { timeoutMs: 150 }));
  shadow.respondWith(() => {});
  for (let i = 0; i < 12; i++) await router.ask();
  await expect.poll(() => router.metric("slipway_requests_total", { role: "shadow", code: 504 })).toBe(12);
  expect(await router.metric("slipway_requests_total", { role: "live", code: 200 })).toBe(12);
});

test("a shadow without pods or whose pods are dead is counted and nothing else", async () => {
  router.setPlan(withShadow(10_000));
  await shadow.kill();
  expect((await router.ask()).status).toBe(200);
  await expect.poll(() => router.metric("slipway_requests_total", { role: "shadow", code: 502 })).toBe(1);
  router.setPods("iris-r2");
  expect((await router.ask()).status).toBe(200);
  await expect.poll(() => router.metric("slipway_requests_total", { role: "shadow", code: 503 })).toBe(1);
});

test("what is too large to be held is answered but not copied, and that is counted", async () => {
  router.setPlan(withShadow(10_000));
  expect((await router.ask({ body: Buffer.alloc(2_000_000) })).status).toBe(200);
  expect(await router.metric("slipway_shadow_dropped_total", { revision: 2 })).toBe(1);
  expect(shadow.seen).toEqual([]);
});
