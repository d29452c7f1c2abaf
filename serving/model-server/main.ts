// Serves one model file. Environment: see config.ts and docs/architecture.md, "Images and their environment".
import type { AddressInfo } from "node:net";
import { loadConfig } from "./config.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import type { State } from "./surface.ts";
import { createThreadPool, type ThreadPool } from "./thread-pool.ts";

const LAST_RUNS_MS = 500;
const LOOK_MS = 5;

async function main() {
  const config = loadConfig(process.env);
  const metrics = createMetrics();
  const started = Promise.withResolvers<void>();
  // Threads first: one boots, then loads the model, while this one makes what both need, and then listens.
  const pool = createThreadPool({
    count: config.threads,
    queueMax: config.queueMax,
    timeoutMs: config.requestTimeoutMs,
    data: { file: config.modelFile, modelName: config.modelName, modelVersion: config.modelVersion },
    onFailed(failure) {
      log("error", "the model cannot be loaded", { failure });
      process.exit(1);
    },
    onReady({ signature, warmUpMs, failure }) {
      state.signature = signature;
      started.resolve();
      log("info", "inference thread ready", { warmUpMs, ...(failure === undefined ? {} : { warmUpFailure: failure }) });
    },
    onAnswered({ runMs, rows }, queueMs) {
      if (runMs !== undefined) metrics.observe({ runMs, queueMs, rows });
    },
  });
  const state: State = {
    draining: false,
    started: started.promise,
    signature: undefined,
    pool,
    metrics,
  };
  const { warmRuntime } = await import("./warm-runtime.ts");
  await warmRuntime();
  const { createSurface } = await import("./surface.ts");
  const { rehearseRequest } = await import("./rehearse-request.ts");
  const server = createSurface(config, state);
  server.listen(config.port, config.host, () => {
    const address = server.address() as AddressInfo;
    log("info", "listening", { ...address });
    const path = `/v2/models/${encodeURIComponent(config.modelName)}/infer`;
    void started.promise.then(() => rehearseRequest(address, path, keepCompiled));
  });
  process.once("SIGTERM", () => {
    log("info", "draining", { drainMs: config.drainMs });
    state.draining = true;
    server.once("close", () => endWith(pool));
    // Callers that have not heard of it yet still get answers, each with Connection: close.
    setTimeout(() => server.close(), config.drainMs);
  });
}

/** An exit would wait for a run that nobody waits for any more and that may never end; most end within moments. */
function endWith(pool: ThreadPool): void {
  const patienceEndsMs = performance.now() + LAST_RUNS_MS;
  const look = () => {
    if (!pool.running()) process.exit(0);
    if (performance.now() > patienceEndsMs) process.kill(process.pid, "SIGKILL");
    setTimeout(look, LOOK_MS);
  };
  look();
}

await main();
