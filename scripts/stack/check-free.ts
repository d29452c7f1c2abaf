import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadStackConfig } from "./config.ts";
import { askInstance } from "./instance.ts";

// Exit code 3: an installation runs on SLIPWAY_HOME, so its packages must not be replaced now.
const { home } = loadStackConfig(process.env, join(import.meta.dirname, "../.."));
const holder = existsSync(home) ? await askInstance(home) : undefined;
if (holder !== undefined) {
  console.error(`package-lock.json changed, and Slipway runs on ${home} (pid ${holder.state.pid}): stop it first.`);
  process.exit(3);
}
