import { quantile, steadyLoad, unitsNamed } from "#e2e/support/load.ts";
import { startProduct } from "#e2e/support/product.ts";
import { aScalingModel } from "#test/factories/onnx.ts";

const ROUNDS = 50;
const RATE = 500;
const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };

/**
 * Row 4 of the design's section 11: from the rollback call to the last answer of the excluded revision, warm target,
 * at 500 requests per second. Milliseconds. No reference: the target is absolute.
 */
export async function run() {
  const product = await startProduct();
  try {
    const { api } = product;
    await api.ok("POST", "/endpoints", { name: "bench", environment: "local" });
    for (const factor of [1, 2]) {
      await api.register("scaler", aScalingModel(factor));
      await api.deploy("bench", "scaler", String(factor), { replicas: { min: 2, max: 2 } });
      await api.applied("bench");
    }
    const load = steadyLoad(product.gateway("bench", body), RATE, unitsNamed(2_000));
    const rounds: { calledMs: number; appliedMs: number; untilMs: number; plan: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await api.traffic("bench", [
        { revision: 2, weightPercent: 100 },
        { revision: 1, weightPercent: 0 },
      ]);
      await api.applied("bench");
      const calledMs = performance.now();
      const { number } = await api.ok("POST", "/endpoints/bench/rollback", {});
      await api.applied("bench", number);
      const appliedMs = performance.now();
      await api.ok("POST", "/endpoints/bench/resume", {});
      rounds.push({ calledMs, appliedMs, untilMs: performance.now(), plan: number });
    }
    const shots = await load.stop();
    const lastWrongMs = rounds.map(({ calledMs, untilMs }) => {
      const wrong = shots.filter((s) => s.revision === 2 && s.endedMs > calledMs && s.beganMs < untilMs);
      return Math.max(0, ...wrong.map((s) => s.endedMs - calledMs));
    });
    const wrongAfterApplied = rounds.flatMap(({ appliedMs, untilMs }) =>
      shots.filter((s) => s.revision === 2 && s.beganMs > appliedMs && s.beganMs < untilMs),
    );
    return {
      name: "rollback → last wrong answer (ms), 500 rps",
      ratio: quantile(lastWrongMs, 0.99),
      details: {
        rounds: ROUNDS,
        requests: shots.length,
        failed: shots.filter((s) => s.status !== 200).length,
        wrongAfterApplied: wrongAfterApplied.length,
        lastWrongMsMedian: quantile(lastWrongMs, 0.5),
        lastWrongMsP99: quantile(lastWrongMs, 0.99),
        appliedMsMedian: quantile(
          rounds.map((r) => r.appliedMs - r.calledMs),
          0.5,
        ),
        appliedMsP99: quantile(
          rounds.map((r) => r.appliedMs - r.calledMs),
          0.99,
        ),
      },
    };
  } finally {
    await product.dispose();
  }
}
