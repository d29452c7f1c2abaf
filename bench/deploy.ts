import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connectGateway, quantile, shoot } from "#e2e/support/load.ts";
import { startProduct } from "#e2e/support/product.ts";
import { aScalingModel } from "#test/factories/onnx.ts";

const ROUNDS = 7;
const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };

/** What nothing can beat: a process that starts, loads the file and runs it once. */
const BARE = `
const ort = require("onnxruntime-node");
ort.InferenceSession.create(process.argv[1], { intraOpNumThreads: 1 })
  .then((session) => session.run({ x: new ort.Tensor("float32", [3], [1, 1]) }))
  .then(() => process.exit(0));
`;

/** Row 3 of the design's section 11: deploy → first prediction, version already stored, over bare start + load + run. */
export async function run() {
  const product = await startProduct();
  const folder = mkdtempSync(path.join(tmpdir(), "slipway-bench-"));
  try {
    const { api } = product;
    const file = path.join(folder, "model.onnx");
    writeFileSync(file, aScalingModel(1));
    await api.register("scaler", aScalingModel(1));
    const oursMs: number[] = [];
    const bareMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const bareBegan = performance.now();
      execFileSync(process.execPath, ["-e", BARE, file], { env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" } });
      bareMs.push(performance.now() - bareBegan);

      const endpoint = `bench-${round}`;
      await api.ok("POST", "/endpoints", { name: endpoint, environment: "local" });
      const gateway = product.gateway(endpoint, body);
      const pool = connectGateway(gateway, 1);
      const began = performance.now();
      await api.deploy(endpoint, "scaler", "1");
      while ((await shoot(pool, gateway, "")).status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
      oursMs.push(performance.now() - began);
      await pool.close();
    }
    return {
      name: "deploy → first prediction / bare start + load + run",
      ratio: quantile(oursMs, 0.5) / quantile(bareMs, 0.5),
      details: { rounds: ROUNDS, oursMsMedian: quantile(oursMs, 0.5), bareMsMedian: quantile(bareMs, 0.5) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await product.dispose();
  }
}
