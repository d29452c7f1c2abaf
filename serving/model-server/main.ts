// Serves one model file. Environment: see config.ts and docs/architecture.md, "Images and their environment".
import type { AddressInfo } from "node:net";
import { loadConfig } from "./config.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { State } from "./surface.ts";
import { createThreadPool } from "./thread-pool.ts";

async function main() {
  const config = loadConfig(process.env);
  const started = Promise.withResolvers<void>();
  // Threads first: they load the model while this thread is still getting ready to listen.
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
      if (runMs !== undefined) void state.metrics().then((metrics) => metrics.observe({ runMs, queueMs, rows }));
    },
  });
  const state: State = {
    draining: false,
    started: started.promise,
    signature: undefined,
    pool,
    metrics: metricsOnDemand(),
  };
  const { createSurface } = await import("./surface.ts");
  const server = createSurface(config, state);
  server.listen(config.port, config.host, () => {
    log("info", "listening", { ...(server.address() as AddressInfo) });
    void state.metrics().then(keepCompiled);
  });
  process.once("SIGTERM", () => {
    log("info", "draining", { drainMs: config.drainMs });
    state.draining = true;
    server.once("close", () => process.exit(0));
    // Callers that have not heard of it yet still get answers, each with Connection: close.
    setTimeout(() => server.close(), config.drainMs);
  });
}

/** Loaded while a thread loads the model: the library takes as long to start as a small one. */
function metricsOnDemand(): () => Promise<Metrics> {
  let metrics: Promise<Metrics> | undefined;
  return () => {
    metrics ??= import("./metrics.ts").then(({ createMetrics }) => createMetrics());
    return metrics;
  };
}

await main();
