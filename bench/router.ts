import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { aScalingModel } from "#test/factories/onnx.ts";
import { aPlan } from "#test/support/plan-wire.ts";
import { startRouterCluster } from "#test/support/router-cluster.ts";
import { freePort } from "#test/support/router-process.ts";

const ROOT = join(import.meta.dirname, "..");
const ROUNDS = 5;
const SECONDS = 4;
const BODY = JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] });
const PATH = "/v2/models/iris/infer";

/**
 * Row 2 of the design's section 11: a model-server asked directly and through the router, in alternating rounds on one
 * machine. `ratio` is throughput through / direct, both saturated by 32 connections; latencies in milliseconds are added
 * by the router at 1,000 requests per second. Needs wrk.
 */
export async function run() {
  const folder = await mkdtemp(join(tmpdir(), "bench-router-"));
  const cluster = await startRouterCluster();
  const pod = await startModelServer(folder);
  try {
    await cluster.putPod("iris-r1", { id: "pod", host: "127.0.0.1", port: pod.port });
    await cluster.putPlan(aPlan({ 1: 100 }));
    const router = await cluster.startRouter();
    await router.logged("plans and pods listed");
    const urls = { direct: `http://127.0.0.1:${pod.port}${PATH}`, through: `${router.url}/iris${PATH}` };
    const [saturate, pace] = await Promise.all([script(folder, 0), script(folder, 32)]);
    for (const url of Object.values(urls)) await wrk(url, saturate, 32, 2);

    const throughput = await alternate(urls, (url) => wrk(url, saturate, 32, SECONDS));
    // 32 connections that wait 16 to 48 ms between requests are close to 1,000 requests per second.
    const paced = await alternate(urls, (url) => wrk(url, pace, 32, SECONDS));
    const failed = [...throughput, ...paced].flatMap(({ direct, through }) => [direct.failed, through.failed]);
    return {
      name: "router, throughput through / direct",
      ratio: median(throughput.map(({ direct, through }) => through.perSecond / direct.perSecond)),
      details: {
        directPerSecond: median(throughput.map(({ direct }) => direct.perSecond)),
        throughPerSecond: median(throughput.map(({ through }) => through.perSecond)),
        pacedPerSecond: median(paced.map(({ through }) => through.perSecond)),
        directMsP50: median(paced.map(({ direct }) => direct.p50Ms)),
        directMsP99: median(paced.map(({ direct }) => direct.p99Ms)),
        addedMsP50: median(paced.map(({ direct, through }) => through.p50Ms - direct.p50Ms)),
        addedMsP99: median(paced.map(({ direct, through }) => through.p99Ms - direct.p99Ms)),
        failed: failed.reduce((sum, count) => sum + count, 0),
      },
    };
  } finally {
    await stop(pod.child);
    await cluster.close();
    await rm(folder, { recursive: true });
  }
}

type Measured = { perSecond: number; p50Ms: number; p99Ms: number; failed: number };
type Pair<T> = { direct: T; through: T };

/** One after the other, and the order turned each round, so that neither side owns the machine's quiet moments. */
async function alternate(urls: Pair<string>, measure: (url: string) => Promise<Measured>): Promise<Pair<Measured>[]> {
  const rounds: Pair<Measured>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first = await measure(round % 2 === 0 ? urls.direct : urls.through);
    const second = await measure(round % 2 === 0 ? urls.through : urls.direct);
    rounds.push(round % 2 === 0 ? { direct: first, through: second } : { direct: second, through: first });
  }
  return rounds;
}

async function startModelServer(folder: string): Promise<{ port: number; child: ChildProcess }> {
  await writeFile(join(folder, "model.onnx"), aScalingModel(2));
  const port = await freePort();
  const child = spawn(process.execPath, [join(ROOT, "serving/model-server/main.ts")], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? "",
      POD_IP: "127.0.0.1",
      PORT: String(port),
      MODEL_NAME: "iris",
      MODEL_DIR: folder,
      WORKERS: "2",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const deadlineMs = performance.now() + 20_000;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    const ready = await fetch(`http://127.0.0.1:${port}/v2/health/ready`).catch(() => undefined);
    if (ready?.ok) return { port, child };
    await delay(50);
  }
  await stop(child);
  throw new Error("the model-server did not become ready");
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** `waitMs`: mean pause of each connection between two requests. */
async function script(folder: string, waitMs: number): Promise<string> {
  const file = join(folder, `wait-${waitMs}.lua`);
  await writeFile(
    file,
    `wrk.method = "POST"
wrk.body = '${BODY}'
wrk.headers["content-type"] = "application/json"
${waitMs === 0 ? "" : `function delay() return math.random(${waitMs / 2}, ${waitMs * 1.5}) end`}
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"us":%d,"p50":%d,"p99":%d,"failed":%d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end`,
  );
  return file;
}

async function wrk(url: string, lua: string, connections: number, seconds: number): Promise<Measured> {
  const args = ["-t1", `-c${connections}`, `-d${seconds}`, "-s", lua, url];
  const { stdout } = await promisify(execFile)("wrk", args);
  const json = /\{"requests".*\}/.exec(stdout)?.[0];
  if (json === undefined) throw new Error(`wrk said ${stdout}`);
  const said = JSON.parse(json) as { requests: number; us: number; p50: number; p99: number; failed: number };
  return {
    perSecond: said.requests / (said.us / 1e6),
    p50Ms: said.p50 / 1e3,
    p99Ms: said.p99 / 1e3,
    failed: said.failed,
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
