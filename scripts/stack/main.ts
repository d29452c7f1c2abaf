import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { loadStackConfig, type StackConfig } from "./config.ts";
import { takeInstance } from "./instance.ts";
import { startStack } from "./stack.ts";

const root = join(import.meta.dirname, "../..");
const beganMs = performance.now();
const say = (line: string) => console.info(`  ${line}`);
const seconds = () => ((performance.now() - beganMs) / 1000).toFixed(1);

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const config: StackConfig = (() => {
  try {
    return loadStackConfig(process.env, root);
  } catch (error) {
    return fail(error);
  }
})();

mkdirSync(config.home, { recursive: true });
const instance = await takeInstance(config.home, ({ pid }) => say(`waiting for pid ${pid}, which is stopping`)).catch(
  fail,
);

const stopAsked = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopAsked.abort());
// scripts/start.mjs was killed with -9: behave as if that had been us. The next start takes over what runs.
process.on("disconnect", () => process.exit(137));
process.channel?.unref();

const stack = startStack(config, say, stopAsked.signal);
const started = await stack.started.catch((error: unknown) => (stopAsked.signal.aborted ? undefined : { error }));
if (started !== undefined && "error" in started) {
  console.error(started.error instanceof Error ? started.error.message : started.error);
  await stack.stop();
  process.exit(1);
}
if (started !== undefined && !stopAsked.signal.aborted) {
  instance.update({ state: "ready", url: started.webUrl });
  console.info(`Slipway is ready after ${seconds()} s\n${started.summary.map((line) => `  ${line}`).join("\n")}`);
  const alive = setInterval(() => undefined, 1 << 30);
  await new Promise<void>((resolve) => stopAsked.signal.addEventListener("abort", () => resolve(), { once: true }));
  clearInterval(alive);
}
instance.update({ state: "stopping" });
say("stopping");
await stack.stop();
say("stopped");
process.exit(0);
