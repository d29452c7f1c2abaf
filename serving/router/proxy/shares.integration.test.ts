import { afterEach, beforeEach, expect, test } from "vitest";
import { bucketOf } from "#domain/traffic/bucket.ts";
import { type ModelPod, startModelPod } from "#test/support/model-pod.ts";
import { aPlan } from "#test/support/plan-wire.ts";
import { podOf, type RouterInProcess, startRouterInProcess } from "#test/support/router-in-process.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

let router: RouterInProcess;
let pods: ModelPod[];

beforeEach(async () => {
  router = await startRouterInProcess(seededRandom(42));
  pods = await Promise.all(["r1", "r2", "r3"].map((name) => startModelPod(name)));
  for (const pod of pods) router.setPods(`iris-${pod.name}`, pod);
});
afterEach(() => Promise.all([router.close(), ...pods.map((pod) => pod.kill())]));

const units = Array.from({ length: 400 }, (_, i) => `unit-${i}`);

/** Revision that answered, per unit. */
async function answerers(): Promise<Map<string, string>> {
  const answers = await Promise.all(units.map((unit) => router.ask({ headers: { "x-unit-id": unit } })));
  return new Map(units.map((unit, i) => [unit, String(answers[i]?.headers["x-slipway-revision"])]));
}

test("each unit is answered by the owner of its bucket, every time", async () => {
  router.setPlan(aPlan({ 1: 70, 2: 30 }, { salt: "grain" }));
  const first = await answerers();
  for (const unit of units) expect(first.get(unit)).toBe(bucketOf("grain", unit) < 7_000 ? "1" : "2");
  expect(await answerers()).toEqual(first);
});

test("a unit outside ASCII is hashed as UTF-8", async () => {
  const odd = ["é", "ж", "名", "😀", "ü~", "ñandú", "Ω", "ą"];
  router.setPlan(aPlan({ 1: 50, 2: 50 }));
  for (const unit of odd) {
    const latin1 = Buffer.from(unit, "utf8").toString("latin1");
    const answer = await router.ask({ headers: { "x-unit-id": latin1 }, body: Buffer.from("{}") });
    expect(answer.headers["x-slipway-revision"]).toBe(bucketOf("salt", unit) < 5_000 ? "1" : "2");
  }
});

test("without a unit the shares hold within the 99.9 % binomial bounds", async () => {
  router.setPlan(aPlan({ 1: 90, 2: 10 }));
  const count = 3_000;
  for (let i = 0; i < count; i += 100) await Promise.all(Array.from({ length: 100 }, () => router.ask()));
  const second = pods[1]?.seen.length ?? 0;
  expect(Math.abs(second - count * 0.1)).toBeLessThan(3.29 * Math.sqrt(count * 0.1 * 0.9));
});

test("an older number of the same endpoint is ignored; another endpoint of the name is not", async () => {
  router.setPlan(aPlan({ 1: 100 }, { number: 5 }));
  expect(router.setPlan(aPlan({ 2: 100 }, { number: 4 }))).toEqual({ kind: "older" });
  expect(podOf(await router.ask())).toBe("r1");
  router.setPlan(aPlan({ 2: 100 }, { number: 1, endpointUid: "another" }));
  expect(podOf(await router.ask())).toBe("r2");
});

test("a plan without entries is 503, a deleted endpoint and one whose plan is gone are 404", async () => {
  router.setPlan(aPlan({}, { number: 1 }));
  const empty = await router.ask();
  expect([empty.status, empty.headers["retry-after"]]).toEqual([503, "1"]);
  router.setPlan(aPlan({ 1: 100 }, { number: 2, deleted: true }));
  expect((await router.ask()).status).toBe(404);
  router.setPlan(aPlan({ 1: 100 }, { number: 3 }));
  expect((await router.ask()).status).toBe(200);
  router.router.table.removePlan("iris-plan");
  expect((await router.ask()).status).toBe(404);
});

test("under load, no request begun after a swap is answered by a revision the plan excludes", async () => {
  let number = 1;
  router.setPlan(aPlan({ 1: 100 }, { number }));
  let wrong = 0;
  let answered = 0;
  let done = false;
  const client = async () => {
    while (!done) {
      const atLeast = number;
      const { status, headers } = await router.ask();
      const plan = Number(headers["x-slipway-plan"]);
      answered++;
      // Odd plans exclude revision 2, even ones revision 1.
      if (status !== 200 || plan < atLeast || Number(headers["x-slipway-revision"]) !== 2 - (plan % 2)) wrong++;
    }
  };
  const clients = Array.from({ length: 16 }, client);
  for (let swap = 0; swap < 60; swap++) {
    const until = answered + 20;
    while (answered < until) await router.ask();
    router.setPlan(aPlan({ [2 - ((number + 1) % 2)]: 100 }, { number: number + 1 }));
    number++;
  }
  done = true;
  await Promise.all(clients);
  expect(wrong).toBe(0);
  expect(answered).toBeGreaterThan(1_000);
});
