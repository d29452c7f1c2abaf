import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { steadyLoad, unitsNamed } from "../support/load.ts";
import { type Product, startProduct } from "../support/product.ts";
import { until } from "../support/until.ts";

const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };
const ALL = (revision: number, other: number) => [
  { revision, weightPercent: 100 },
  { revision: other, weightPercent: 0 },
];

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  const { api } = product;
  await api.ok("POST", "/endpoints", { name: "proof", environment: "local" });
  for (const factor of [1, 2]) {
    await api.register("scaler", aScalingModel(factor));
    await api.deploy("proof", "scaler", String(factor), { replicas: { min: 2, max: 2 } });
    await api.applied("proof");
  }
});
afterAll(() => product?.dispose());

test("ten rollbacks at 500 requests per second: no failed answer, and none from an excluded revision after `applied`", async () => {
  const { api } = product;
  const load = steadyLoad(product.gateway("proof", body), 500, unitsNamed(2_000));
  const rollbacks: { calledMs: number; appliedMs: number; plan: number }[] = [];
  for (let round = 0; round < 10; round += 1) {
    await api.traffic("proof", ALL(2, 1), `round ${round}`);
    await api.applied("proof");
    const calledMs = performance.now();
    const { number } = await api.ok("POST", "/endpoints/proof/rollback", { reason: `round ${round}` });
    await api.applied("proof", number);
    rollbacks.push({ calledMs, appliedMs: performance.now(), plan: number });
    await api.ok("POST", "/endpoints/proof/resume", {});
  }
  const shots = await load.stop();
  expect(shots.filter((s) => s.status !== 200)).toEqual([]);
  expect(shots.length).toBeGreaterThan(1_000);
  let asked = 0;
  for (const { appliedMs, plan } of rollbacks) {
    const next = shots.find((s) => s.plan > plan)?.beganMs ?? Number.POSITIVE_INFINITY;
    const after = shots.filter((s) => s.beganMs > appliedMs && s.beganMs < next);
    expect(after.filter((s) => s.revision !== 1 && s.plan <= plan)).toEqual([]);
    asked += after.length;
  }
  expect(asked).toBeGreaterThan(0);
  // Whatever plan an answer names, the revision is one that plan allows: even plans had 2, rollbacks had 1.
  const rolledBack = new Set(rollbacks.map((r) => r.plan));
  expect(shots.filter((s) => rolledBack.has(s.plan) && s.revision !== 1)).toEqual([]);
});

test("while one router is paused `applied` is not claimed and RouterSilent names it; when it wakes, it is", async () => {
  const { api } = product;
  const pods = product.pods("slipway.dev/component=router");
  const paused = pods[0] ?? "";
  const pids = product.podPids(paused);
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  try {
    const plan = await api.traffic("proof", ALL(2, 1));
    const silent = await until("RouterSilent", async () => {
      const endpoint = await api.ok("GET", "/endpoints/proof");
      expect(endpoint.plan.number).toBe(plan.number);
      expect(endpoint.plan.status).toBe("pending");
      return endpoint.conditions.find(
        (c: { type: string; status: string }) => c.type === "RouterSilent" && c.status === "True",
      );
    });
    expect(silent.message).toContain(paused);
    expect((await api.ok("GET", "/endpoints/proof")).plan.acknowledged).toBe("1/2");
  } finally {
    for (const pid of pids) process.kill(pid, "SIGCONT");
  }
  const endpoint = await api.applied("proof");
  expect(endpoint.plan.acknowledged).toBe("2/2");
});
