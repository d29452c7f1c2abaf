import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { Pool } from "undici";
import { freePort } from "#e2e/support/ports.ts";
import { aDenseNetwork, aScalingModel } from "#test/factories/onnx.ts";

const SECONDS = 4;
const ROUNDS = 3;
const CONNECTIONS = 32;
const THREADS = Math.max(1, Math.floor(availableParallelism() / 2));

type Case = { name: string; file: Uint8Array; input: string; width: number };

/**
 * The first is the figure of the table: a network of a size that people deploy, about a millisecond per row. The others
 * show what is left when a row costs less than the request that carries it.
 */
const cases = (): Case[] => [
  { name: "dense 1024×6, 24 MiB", file: aDenseNetwork(1024, 6), input: "x", width: 1024 },
  { name: "dense 512×8, 8 MiB", file: aDenseNetwork(512, 8), input: "x", width: 512 },
  { name: "one multiplication", file: aScalingModel(2), input: "x", width: 1 },
];

/** As many threads as the server has, each running single rows as fast as it can. Prints rows per second. */
const RAW = `
const { Worker, isMainThread, parentPort, workerData } = require("node:worker_threads");
const [file, width, threads, seconds] = isMainThread ? process.argv.slice(1) : workerData;
if (isMainThread) {
  let rows = 0, done = 0;
  for (let i = 0; i < threads; i += 1)
    new Worker(process.env.RAW_SOURCE, { eval: true, workerData: process.argv.slice(1) }).on("message", (n) => {
      rows += n; done += 1;
      if (done === Number(threads)) console.log(rows);
    });
} else {
  const ort = require("onnxruntime-node");
  ort.InferenceSession.create(file, { intraOpNumThreads: 1 }).then(async (session) => {
    const feeds = { x: new ort.Tensor("float32", new Float32Array(Number(width)).fill(0.5), [1, Number(width)]) };
    for (let i = 0; i < 100; i += 1) await session.run(feeds);
    const began = performance.now();
    let rows = 0;
    for (; performance.now() - began < seconds * 1000; rows += 1) await session.run(feeds);
    parentPort.postMessage(rows / ((performance.now() - began) / 1000));
  });
}
`;

/** Both sides on the same cores, and the load on the others, where the machine lets us choose. */
function pinned(cores: string, command: string, args: string[]): [string, string[]] {
  const canPin = process.platform === "linux" && availableParallelism() >= 4;
  return canPin ? ["taskset", ["-c", cores, command, ...args]] : [command, args];
}
const OURS = `0-${THREADS - 1}`;
const LOAD = `${THREADS}-${availableParallelism() - 1}`;

function rawRowsPerSecond(file: string, width: number): number {
  const args = ["-e", RAW, file, String(width), String(THREADS), String(SECONDS)];
  const [command, all] = pinned(OURS, process.execPath, args);
  return Number(
    execFileSync(command, all, {
      env: { ...process.env, ORT_DISABLE_TELEMETRY: "1", RAW_SOURCE: RAW },
      encoding: "utf8",
    }),
  );
}

async function startServer(folder: string, port: number) {
  const env = {
    ...process.env,
    POD_IP: "127.0.0.1",
    PORT: String(port),
    MODEL_NAME: "m",
    MODEL_DIR: folder,
    WORKERS: String(THREADS),
  };
  const [command, args] = pinned(OURS, process.execPath, ["serving/model-server/main.ts"]);
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let ready = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    ready += text.split("inference thread ready").length - 1;
    if (ready === THREADS) resolve();
  });
  child.once("exit", (code) => reject(new Error(`the model server ended with ${code}`)));
  await promise;
  return child;
}

type Request = { body: Buffer; headers: Record<string, string> };

function requestsOf({ input, width }: Case): { binary: Request; json: Request } {
  const values = new Float32Array(width).fill(0.5);
  const tensor = { name: input, datatype: "FP32", shape: [1, width] };
  const parameters = { binary_data_size: values.byteLength };
  const head = Buffer.from(
    JSON.stringify({ inputs: [{ ...tensor, parameters }], parameters: { binary_data_output: true } }),
  );
  return {
    binary: {
      body: Buffer.concat([head, Buffer.from(values.buffer)]),
      headers: { "inference-header-content-length": String(head.byteLength) },
    },
    json: { body: Buffer.from(JSON.stringify({ inputs: [{ ...tensor, data: [...values] }] })), headers: {} },
  };
}

/** With wrk where it is installed: a client in Node takes as much of the machine as the server. */
async function served(port: number, request: Request, folder: string): Promise<number> {
  const url = `http://127.0.0.1:${port}/v2/models/m/infer`;
  if (!hasWrk()) return servedByUndici(port, request);
  const bodyFile = path.join(folder, "body");
  writeFileSync(bodyFile, request.body);
  const headers = Object.entries(request.headers).map(([key, value]) => `wrk.headers["${key}"] = "${value}"`);
  const script = path.join(folder, "post.lua");
  writeFileSync(
    script,
    `wrk.method = "POST"\nlocal f = io.open("${bodyFile}", "rb")\nwrk.body = f:read("*a")\nf:close()\n${headers.join("\n")}\n`,
  );
  const [command, args] = pinned(LOAD, "wrk", ["-t1", `-c${CONNECTIONS}`, `-d${SECONDS}`, "-s", script, url]);
  const output = execFileSync(command, args, { encoding: "utf8" });
  if (output.includes("Non-2xx")) throw new Error(output);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
}

function hasWrk(): boolean {
  try {
    execFileSync("which", ["wrk"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function servedByUndici(port: number, { body, headers }: Request): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
  const until = performance.now() + SECONDS * 1_000;
  let rows = 0;
  const caller = async () => {
    while (performance.now() < until) {
      const answer = await pool.request({ method: "POST", path: "/v2/models/m/infer", body, headers });
      await answer.body.arrayBuffer();
      if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
      rows += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  await pool.close();
  return rows / SECONDS;
}

async function measure(each: Case) {
  const folder = mkdtempSync(path.join(tmpdir(), "slipway-bench-"));
  const file = path.join(folder, "model.onnx");
  writeFileSync(file, each.file);
  const port = await freePort();
  const server = await startServer(folder, port);
  try {
    const requests = requestsOf(each);
    await served(port, requests.binary, folder);
    const rounds = [];
    // Turn by turn, so that a busy moment of the machine falls on both.
    for (let round = 0; round < ROUNDS; round += 1) {
      const raw = rawRowsPerSecond(file, each.width);
      const binary = await served(port, requests.binary, folder);
      const json = await served(port, requests.json, folder);
      rounds.push({ raw, binary, json, ratio: binary / raw });
    }
    rounds.sort((a, b) => a.ratio - b.ratio);
    return { model: each.name, ...rounds[Math.floor(ROUNDS / 2)] };
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Row 1 of the design's section 11: rows per second over HTTP, over raw single-row `session.run`, same cores. */
export async function run() {
  const measured = [];
  for (const each of cases()) measured.push(await measure(each));
  return {
    name: "model-server rows/s / raw session.run rows/s",
    ratio: measured[0]?.ratio ?? Number.NaN,
    details: { threads: THREADS, connections: CONNECTIONS, load: hasWrk() ? "wrk" : "undici", rowsPerSecond: measured },
  };
}

if (import.meta.main) console.log(JSON.stringify(await run(), null, 2));
