import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { aCountingModel, aLinearModel, anInt64Adder } from "#test/factories/onnx.ts";
import { startModelServer } from "#test/support/model-server.ts";
import { startProgram } from "#test/support/program.ts";
import { createThreadPool } from "./thread-pool.ts";

type Server = Awaited<ReturnType<typeof startModelServer>>;

const x = { name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] };
/** A run that takes about a third of a second or longer here; `1` takes none. */
const LONG = 200_000;
const ENDLESS = 2 ** 50;
const counting = (times: number) => [{ name: "times", datatype: "INT64", shape: [1], data: [times] }];

async function started(model: Uint8Array, env: Record<string, string> = {}): Promise<Server> {
  const server = await startModelServer(model, env);
  onTestFinished(async () => void (await server.stop("SIGKILL")));
  return server;
}

const runsOf = async (server: Server) => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/slipway_inference_duration_seconds_count (\d+)/.exec(text)?.[1]);
};

describe("The protocol's calls", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startModelServer(aLinearModel(), { BODY_BYTES_MAX: "1000" });
  });
  afterAll(async () => void (await server.stop()));

  it.each([
    ["/v2", { extensions: ["binary_tensor_data"] }],
    ["/v2/health/live", { live: true }],
    ["/v2/health/ready", { ready: true }],
    ["/v2/models/sample/ready", { name: "sample", ready: true }],
    ["/v2/models/sample/versions/3", { versions: ["3"], inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }] }],
  ])("GET %s answers %j", async (path, expected) => {
    const response = await fetch(`${server.url}${path}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject(expected);
  });

  it.each([
    ["GET", "/v2/models/other", 404, "unknown_model"],
    ["GET", "/v2/models/sample/versions/4", 404, "unknown_version"],
    ["POST", "/v2/models/other/infer", 404, "unknown_model"],
    ["GET", "/elsewhere", 404, "not_found"],
    ["GET", "/v2/models/sample/infer", 405, "method_not_allowed"],
    ["POST", "/v2/health/live", 405, "method_not_allowed"],
  ])("%s %s is refused with %i %s", async (method, path, status, code) => {
    const response = await fetch(`${server.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.any(String), code });
  });

  it("refuse a bad input with 400 and a sentence, and go on serving on the same connection", async () => {
    const refused = await server.infer([{ ...x, shape: [1, 3] }]);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      error: expect.stringContaining('input "x": shape is [1,3]'),
      code: "invalid_request",
    });
    expect((await server.infer([x])).status).toBe(200);
  });

  it("refuse a body over the limit with 413, whether its length is declared or not", async () => {
    const large = "x".repeat(1_001);
    expect((await server.post(large)).status).toBe(413);
    expect((await server.post(new Blob([large]).stream())).status).toBe(413);
  });

  it("refuse an encoded body, and a header length that is no number", async () => {
    expect((await server.post("{}", { "content-encoding": "gzip" })).status).toBe(415);
    expect((await server.post("{}", { "inference-header-content-length": "-1" })).status).toBe(400);
  });

  it("give only the outputs asked for", async () => {
    const response = await server.infer([x], { outputs: [{ name: "y", parameters: { binary_data: true } }] });
    const length = Number(response.headers.get("inference-header-content-length"));
    expect((await response.arrayBuffer()).byteLength).toBe(length + 4);
  });
});

it("What is measured is exposed to Prometheus, and a refused request is no run", async () => {
  const server = await started(aLinearModel());
  await server.infer([{ ...x, shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }]);
  await server.infer([]);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toContain("slipway_inference_duration_seconds_count 1");
  expect(text).toContain("slipway_inference_queue_seconds_count 1");
  expect(text).toContain("slipway_batch_rows_sum 3");
  expect(text).toContain("process_cpu_seconds_total");
});

it("A model that fails on an input that fits its signature is a failure of the model, 500", async () => {
  const server = await started(anInt64Adder());
  const tensor = (name: string, size: number) => ({
    name,
    datatype: "INT64",
    shape: [size],
    data: Array(size).fill(1),
  });
  const response = await server.infer([tensor("a", 2), tensor("b", 3)]);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ code: "inference_failed" });
  expect(await server.logged("a prediction failed")).toMatchObject({ level: "error", status: 500 });
});

it("Health and metrics are answered while an inference runs", async () => {
  const server = await started(aCountingModel());
  const running = server.infer(counting(LONG));
  const first = await Promise.race([
    running.then(() => "inference"),
    fetch(`${server.url}/v2/health/live`).then(() => "health"),
  ]);
  expect(first).toBe("health");
  expect((await running).status).toBe(200);
});

it("Beyond the queue's bound requests are refused at once with 429 and Retry-After, the others are answered", async () => {
  const server = await started(aCountingModel(), { QUEUE_MAX: "2" });
  // The pool hands short runs over ahead of time; now it knows that these are long.
  await server.infer(counting(LONG));
  const responses = await Promise.all(Array.from({ length: 10 }, () => server.infer(counting(LONG))));
  const refused = responses.filter(({ status }) => status === 429);
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(3);
  expect(refused).toHaveLength(7);
  for (const { headers } of refused) expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
});

it("Bodies that are not here yet take room too: beyond it the next is refused before it is read, and fits again later", async () => {
  const server = await started(aLinearModel(), { BODY_BYTES_MAX: "1000" });
  const { port } = new URL(server.url);
  const half = (framing: string) =>
    new Promise<Socket>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1");
      const head = "POST /v2/models/sample/infer HTTP/1.1\r\nhost: x\r\nexpect: 100-continue";
      socket.write(`${head}\r\n${framing}`);
      // Its headers were read: it may go on.
      socket.once("data", () => resolve(socket));
    });
  const sockets = [
    ...(await Promise.all([1, 2, 3].map(() => half("content-length: 1000\r\n\r\n")))),
    await half(`transfer-encoding: chunked\r\n\r\n3e0\r\n${" ".repeat(992)}\r\n`),
  ];
  // Its chunk may come a moment after its headers.
  const refused = await vi.waitUntil(
    async () => {
      const answer = await server.infer([x]);
      return answer.status === 200 ? null : answer;
    },
    { timeout: 20_000 },
  );
  expect([refused.status, await refused.json()]).toMatchObject([429, { code: "overloaded" }]);
  expect(refused.headers.get("retry-after")).toBe("1");
  sockets[0]?.destroy();
  await expect.poll(async () => (await server.infer([x])).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

it("A request past the deadline is answered 504, and others again once the run is over", async () => {
  const server = await started(aCountingModel(), { REQUEST_TIMEOUT_MS: "50" });
  const responses = await Promise.all([server.infer(counting(LONG)), server.infer(counting(LONG))]);
  expect(responses.map(({ status }) => status)).toEqual([504, 504]);
  expect(await responses[0]?.json()).toMatchObject({ code: "deadline_exceeded" });
  expect(await server.logged("a prediction failed")).toMatchObject({ level: "error", status: 504 });
  let status = 504;
  while (status === 504) ({ status } = await server.infer(counting(1)));
  expect(status).toBe(200);
});

it("A request whose caller went away while it waited is never run", async () => {
  const server = await started(aCountingModel());
  await server.infer(counting(LONG));
  const running = server.infer(counting(LONG));
  await fetch(`${server.url}/v2/health/live`);
  const leaving = httpRequest(`${server.url}/v2/models/sample/infer`, { method: "POST" });
  leaving.on("error", () => {});
  await new Promise<void>((resolve) => leaving.end(JSON.stringify({ inputs: counting(LONG) }), () => resolve()));
  await fetch(`${server.url}/v2/health/live`);
  leaving.destroy();
  await fetch(`${server.url}/v2/health/live`);
  expect((await running).status).toBe(200);
  expect((await server.infer(counting(1))).status).toBe(200);
  expect(await runsOf(server)).toBe(3);
});

it("A startup probe waits for the model instead of being told to come again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-start-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "model.onnx"), aLinearModel());
  const program = startProgram("serving/model-server/main.ts", {
    MODEL_NAME: "sample",
    MODEL_DIR: folder,
    WORKERS: "1",
  });
  onTestFinished(async () => void (await program.stop("SIGKILL")));
  const url = await program.url();
  for (;;) {
    const asked = performance.now();
    const { status } = await fetch(`${url}/started`);
    if (status === 200) break;
    // A machine too busy to load a model within a second may refuse, but not at once.
    expect(status).toBe(503);
    expect(performance.now() - asked).toBeGreaterThan(900);
  }
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  const tookMs: number[] = [];
  for (let again = 0; again < 5; again += 1) {
    const asked = performance.now();
    expect((await fetch(`${url}/started`)).status).toBe(200);
    tookMs.push(performance.now() - asked);
  }
  expect(Math.min(...tookMs)).toBeLessThan(900);
});

it("On SIGTERM it says it is not ready, finishes what runs, closes its connections and ends with 0", async () => {
  const server = await started(aCountingModel(), { DRAIN_MS: "100" });
  const running = server.infer(counting(LONG));
  await fetch(`${server.url}/v2/health/live`);
  server.child.kill("SIGTERM");
  await server.logged("draining");
  expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(503);
  const response = await running;
  expect(response.status).toBe(200);
  expect(response.headers.get("connection")).toBe("close");
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

it("A run that never ends is answered 504 and costs its thread, not the pod: another takes its place", async () => {
  const server = await started(aCountingModel(), { REQUEST_TIMEOUT_MS: "500" });
  const endless = await server.infer(counting(ENDLESS));
  expect([endless.status, await endless.json()]).toMatchObject([504, { code: "deadline_exceeded" }]);
  await server.logged("inference thread does not come back, starting another");
  let status = 504;
  while (status === 504) ({ status } = await server.infer(counting(1)));
  expect(status).toBe(200);
  expect((await fetch(`${server.url}/v2/health/live`)).status).toBe(200);
});

it("A run that ends after its thread was replaced takes nothing with it", async () => {
  const server = await started(aCountingModel(), { REQUEST_TIMEOUT_MS: "100" });
  for (let i = 0; i < 3; i++) {
    const slow = server.infer(counting(LONG));
    expect((await slow).status).toBe(504);
    let status = 504;
    while (status === 504) ({ status } = await server.infer(counting(1)));
    expect(status).toBe(200);
  }
  let live = 503;
  while (live === 503) live = (await fetch(`${server.url}/v2/health/live`)).status;
  expect(await server.stop()).toEqual({ code: 0, signal: null });
});

it("A run that never ends keeps no other thread from serving", async () => {
  const server = await started(aCountingModel(), { WORKERS: "2", REQUEST_TIMEOUT_MS: "2000" });
  await server.infer(counting(LONG));
  const endless = server.infer(counting(ENDLESS));
  for (let i = 0; i < 10; i++) expect((await server.infer(counting(1))).status).toBe(200);
  expect((await endless).status).toBe(504);
  expect((await server.infer(counting(1))).status).toBe(200);
});

it("A pod that lost as many threads as it should have says that it is not alive, and still ends when told to", async () => {
  const server = await started(aCountingModel(), { REQUEST_TIMEOUT_MS: "200", DRAIN_MS: "0" });
  let live = 200;
  while (live === 200) {
    await server.infer(counting(ENDLESS));
    live = (await fetch(`${server.url}/v2/health/live`)).status;
  }
  expect(live).toBe(503);
  server.child.kill("SIGTERM");
  expect(await server.ended).toEqual({ code: null, signal: "SIGKILL" });
});

it("It goes on serving when nobody reads its output any more", async () => {
  const server = await started(aLinearModel(), { DRAIN_MS: "0" });
  server.child.stdout.destroy();
  expect((await server.infer([x])).status).toBe(200);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
});

it("The runtime's telemetry is off: nothing of it is left in the temporary or the home folder", async () => {
  const home = mkdtempSync(join(tmpdir(), "slipway-home-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const server = await started(aLinearModel(), { HOME: home, TMPDIR: home });
  expect((await server.infer([x])).status).toBe(200);
  await server.stop();
  expect(readdirSync(home)).toEqual([]);
});

it("An inference thread that ends fails only what it ran, and another takes its place", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-pool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "model.onnx");
  writeFileSync(file, aLinearModel());
  let ready = Promise.withResolvers<void>();
  const pool = createThreadPool({
    count: 1,
    queueMax: 10,
    timeoutMs: 10_000,
    data: { file, modelName: "m", modelVersion: "1" },
    program: new URL("../../test/support/crashing-thread.ts", import.meta.url),
    onFailed: (failure) => ready.reject(new Error(failure)),
    onReady: () => ready.resolve(),
    onAnswered: () => {},
  });
  onTestFinished(() => pool.close());
  const submit = (text: string) => pool.submit(new TextEncoder().encode(text), undefined).answered;
  await ready.promise;
  ready = Promise.withResolvers();
  const crash = submit("crash");
  const behind = submit(JSON.stringify({ inputs: [x] }));
  await expect(crash).rejects.toMatchObject({ status: 500, code: "thread_ended" });
  expect(pool.ready()).toBe(false);
  expect((await behind).status).toBe(200);
  const answered = await submit(JSON.stringify({ inputs: [x] }));
  expect(answered.status).toBe(200);
  await ready.promise;
});
