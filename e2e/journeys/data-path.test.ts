import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { connectGateway, shoot, shootAll, unitsNamed } from "../support/load.ts";
import { type Product, startProduct } from "../support/product.ts";

/** Version n multiplies its input by n, so that an answer proves which version gave it. */
const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };
const answerOf = (text: string): number => JSON.parse(text).outputs[0].data[0];

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.api.ok("POST", "/endpoints", { name: "scale", environment: "local" });
  for (const factor of [1, 2, 3]) await product.api.register("scaler", aScalingModel(factor));
});
afterAll(() => product?.dispose());

test("a registered version is deployed and answers through the gateway, and the answer says who gave it", async () => {
  const { api } = product;
  expect(await api.deploy("scale", "scaler", "1", { replicas: { min: 2, max: 2 } })).toMatchObject({ revision: 1 });
  const endpoint = await api.applied("scale");
  expect(endpoint.plan).toMatchObject({ number: 1, status: "applied", acknowledged: "2/2" });
  expect(endpoint.plan.entries).toEqual([expect.objectContaining({ revision: 1, weightPercent: 100, role: "live" })]);
  const [shot] = await shootAll(product.gateway("scale", body), ["someone"]);
  expect(shot).toMatchObject({ status: 200, revision: 1, plan: 1, fallback: undefined });
  expect(answerOf(shot?.body ?? "")).toBe(3);
});

test("a later revision takes no traffic until a person says so, and can be tried by force", async () => {
  const { api } = product;
  await api.deploy("scale", "scaler", "2");
  await api.applied("scale", 2);
  const gateway = product.gateway("scale", body);
  const pool = connectGateway(gateway);
  await expect
    .poll(async () => (await shoot(pool, gateway, "", { "x-slipway-revision": "2" })).status, { timeout: 30_000 })
    .toBe(200);
  const forced = await shoot(pool, gateway, "", { "x-slipway-revision": "2" });
  expect([forced.revision, answerOf(forced.body)]).toEqual([2, 6]);
  expect((await shoot(pool, gateway, "", { "x-slipway-revision": "9" })).status).toBe(409);
  await pool.close();
  const shots = await shootAll(gateway, unitsNamed(500));
  expect(new Set(shots.map((s) => s.revision))).toEqual(new Set([1]));
});

test("20,000 requests of 2,000 units at 90/10: every unit stays, the share is what was asked, and rollback restores each", async () => {
  const { api } = product;
  const gateway = product.gateway("scale", body);
  const units = unitsNamed(2_000);
  await api.traffic("scale", [
    { revision: 1, weightPercent: 90 },
    { revision: 2, weightPercent: 10 },
  ]);
  await api.applied("scale", 3);
  const shots = await shootAll(gateway, units, 10);
  expect(shots.every((s) => s.status === 200 && answerOf(s.body) === 3 * s.revision)).toBe(true);
  const home = homes(shots);
  expect([...home.values()].every((revisions) => revisions.size === 1)).toBe(true);
  const onCandidate = new Set([...home].filter(([, revisions]) => revisions.has(2)).map(([unit]) => unit));
  // 99.9 % bounds of a binomial with n = 2,000, p = 0.1: 200 ± 3.29·√(n·p·(1−p)).
  expect(Math.abs(onCandidate.size - 200)).toBeLessThanOrEqual(3.29 * Math.sqrt(2_000 * 0.1 * 0.9));

  await api.traffic("scale", [
    { revision: 1, weightPercent: 50 },
    { revision: 2, weightPercent: 50 },
  ]);
  await api.applied("scale", 4);
  const half = homes(await shootAll(gateway, units));
  expect([...onCandidate].every((unit) => half.get(unit)?.has(2))).toBe(true);

  const rolledBack = await api.ok("POST", "/endpoints/scale/rollback", { toPlan: 3, reason: "too early" });
  await api.applied("scale", rolledBack.number);
  const after = homes(await shootAll(gateway, units));
  expect(
    [...after]
      .filter(([, revisions]) => revisions.has(2))
      .map(([unit]) => unit)
      .sort(),
  ).toEqual([...onCandidate].sort());
});

test("80/10/10 to 60/20/20 moves exactly 2,000 of 10,000 buckets and takes none from a revision that grows", async () => {
  const { api } = product;
  const split = async (a: number, b: number, c: number) => {
    await api.traffic("scale", [
      { revision: 1, weightPercent: a },
      { revision: 2, weightPercent: b },
      { revision: 3, weightPercent: c },
    ]);
    const { plan } = await api.applied("scale");
    const config = product.kubectl(
      "get",
      "configmap",
      "-n",
      "slipway-local",
      "scale-plan",
      "-o",
      "jsonpath={.data.plan}",
    );
    expect(JSON.parse(config).number).toBe(plan.number);
    const owner = new Array<number>(10_000);
    for (const entry of JSON.parse(config).entries)
      for (const [from, to] of entry.ranges) owner.fill(entry.revision, from, to);
    return owner;
  };
  await api.deploy("scale", "scaler", "3");
  const before = await split(80, 10, 10);
  const after = await split(60, 20, 20);
  expect(before.filter((revision, bucket) => after[bucket] !== revision)).toHaveLength(2_000);
  expect(before.every((revision, bucket) => revision === 1 || after[bucket] === revision)).toBe(true);
});

test("everything that was done is in the audit, once", async () => {
  const { items } = await product.api.ok("GET", "/audit?limit=200");
  const done = items.map((row: { action: string }) => row.action);
  expect(done.filter((action: string) => /rollback/.test(action))).toHaveLength(1);
  expect(done.filter((action: string) => /putTraffic/.test(action))).toHaveLength(4);
  expect(done.filter((action: string) => /revision/.test(action))).toHaveLength(3);
});

function homes(shots: readonly { unit: string; revision: number }[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const { unit, revision } of shots) found.set(unit, (found.get(unit) ?? new Set()).add(revision));
  return found;
}
