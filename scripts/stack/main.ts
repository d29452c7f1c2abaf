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
const stopping = new Promise<void>((resolve) => stopAsked.signal.addEventListener("abort", () => resolve()));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopAsked.abort());
// scripts/start.mjs was killed with -9: behave as if that had been us. The next start takes over what runs.
process.on("disconnect", () => process.exit(137));
process.channel?.unref();

const stack = startStack(config, say, stopAsked.signal);
const outcome = await Promise.race([stack.started.catch((error: unknown) => ({ error })), stopping]);
const failed = outcome !== undefined && "error" in outcome;
if (failed) {
  console.error(outcome.error instanceof Error ? outcome.error.message : outcome.error);
  stopAsked.abort();
} else if (outcome !== undefined) {
  instance.update({ state: "ready", url: outcome.webUrl });
  console.info(`Slipway is ready after ${seconds()} s\n${outcome.summary.map((line) => `  ${line}`).join("\n")}`);
  await stopping;
}
instance.update({ state: "stopping" });
say("stopping");
await stack.stop();
say("stopped");
process.exit(failed ? 1 : 0);
