// The artifact store of an environment. Environment: see config.ts and docs/architecture.md, "Images and their environment".
import type { AddressInfo } from "node:net";
import { loadConfig } from "./config.ts";
import { log } from "./log.ts";
import { openStore } from "./store.ts";
import { createSurface } from "./surface.ts";

/** Pods that are still downloading after SIGTERM have so long to finish. */
const DRAIN_MS = 20_000;

async function main() {
  const config = loadConfig(process.env);
  const store = await openStore(config.folder);
  const server = createSurface(store, config, (error) => log("error", "request failed", { error: String(error) }));
  server.listen(config.port, config.host, () => log("info", "listening", { ...(server.address() as AddressInfo) }));
  process.once("SIGTERM", () => {
    server.close(() => process.exit(0));
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
  });
}

await main();
