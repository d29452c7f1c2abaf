import { connectGateway, quantile, shoot } from "#e2e/support/load.ts";
import { startProduct } from "#e2e/support/product.ts";
import { aScalingModel } from "#test/factories/onnx.ts";

const ROUNDS = 5;
const GIVE_UP_MS = 120_000;
const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };

/** Last row of the design's section 11: `npm start`, second time → first prediction, over the slowest single component. */
export async function run() {
  const product = await startProduct();
  try {
    await product.api.register("scaler", aScalingModel(1));
    await product.api.ok("POST", "/endpoints", { name: "scaler", environment: "local" });
    await product.api.deploy("scaler", "scaler", "1");
    await product.api.applied("scaler");
    const rounds: Awaited<ReturnType<typeof startAgain>>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await product.stop();
      rounds.push(await startAgain(product));
    }
    const ratios = rounds.map(({ predictionMs, slowestMs }) => predictionMs / slowestMs);
    return {
      name: "second start → first prediction / slowest component",
      ratio: quantile(ratios, 0.5),
      details: {
        predictionMsMedian: quantile(
          rounds.map(({ predictionMs }) => predictionMs),
          0.5,
        ),
        readyMsMedian: quantile(
          rounds.map(({ readyMs }) => readyMs),
          0.5,
        ),
        slowest: rounds.map(({ slowest, slowestMs }) => `${slowest} ${slowestMs} ms`).join(", "),
      },
    };
  } finally {
    await product.dispose();
  }
}

async function startAgain(product: Awaited<ReturnType<typeof startProduct>>) {
  const gateway = product.gateway("scaler", body);
  const pool = connectGateway(gateway, 1);
  const began = performance.now();
  const starting = product.start();
  const answered = async () =>
    await shoot(pool, gateway, "").then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await answered())) {
    if (performance.now() - began > GIVE_UP_MS) throw new Error("no prediction after a second start");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const predictionMs = performance.now() - began;
  const { tookMs: readyMs, output } = await starting;
  await pool.close();
  // As `npm start` tells it: "postgres   up after 0.4 s".
  const parts = [...output.matchAll(/(\S+) +up after ([\d.]+) s/g)].map(([, name, seconds]) => ({
    slowest: name ?? "",
    slowestMs: Number(seconds) * 1000,
  }));
  const [slowest] = parts.toSorted((a, b) => b.slowestMs - a.slowestMs);
  if (slowest === undefined) throw new Error(`no component said that it is up:\n${output}`);
  return { predictionMs, readyMs, ...slowest };
}
