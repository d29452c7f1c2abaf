import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { steadyLoad, unitsNamed } from "../support/load.ts";
import { type Product, startProduct } from "../support/product.ts";

const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };
let product: Product;
beforeAll(async () => {
  product = await startProduct();
  const { api } = product;
  await api.ok("POST", "/endpoints", { name: "calm", environment: "local" });
  for (const factor of [1, 2]) {
    await api.register("scaler", aScalingModel(factor));
    await api.deploy("calm", "scaler", String(factor));
    await api.applied("calm");
  }
});
afterAll(() => product?.dispose());

test("the API server is silent for 60 s: predictions go on, a change is accepted as pending, and applied when it is back", async () => {
  const { api } = product;
  const load = steadyLoad(product.gateway("calm", body), 50, unitsNamed(100));
  const pids = product.pidsOf("cluster");
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  let pending: { number: number };
  try {
    await delay(5_000);
    pending = await api.traffic("calm", [
      { revision: 2, weightPercent: 100 },
      { revision: 1, weightPercent: 0 },
    ]);
    // The outage itself is what is waited for.
    await delay(55_000);
    expect((await api.ok("GET", "/endpoints/calm")).plan).toMatchObject({ number: pending.number, status: "pending" });
  } finally {
    for (const pid of pids) process.kill(pid, "SIGCONT");
  }
  await api.applied("calm", pending.number);
  const shots = await load.stop();
  expect(shots.filter((s) => s.status !== 200)).toEqual([]);
  // It was asked all the time, and the change waited for the API.
  expect(shots.length).toBeGreaterThan(2_500);
  expect(new Set(shots.map((s) => s.revision))).toEqual(new Set([1, 2]));
});
