import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { connectKube } from "#k8s/client/kube.ts";
import { type ClusterLink, followCluster } from "./cluster/follow.ts";
import { loadConfig } from "./config.ts";
import { log } from "./log.ts";
import { openStateDir } from "./plans/state-dir.ts";
import { createRouter } from "./router.ts";

const config = loadConfig(process.env);
const kube = await connectKube(config.kube);
const state = openStateDir(config.stateDir);

let link: ClusterLink | undefined;
const router = createRouter(config.environment, {
  ready: () => link?.ready() ?? false,
  stalenessSeconds: () => link?.stalenessSeconds() ?? performance.now() / 1_000,
});
router.table.restore(await state.load(), performance.now());
link = followCluster({ kube, config, table: router.table, state });

router.server.listen(config.port, config.host);
await once(router.server, "listening");
log.info({ host: config.host, port: config.port }, "listening");

await once(process, "SIGTERM");
log.info("terminating: serving on until nobody sends here any more");
router.beginDrain();
// Plans are followed and acknowledged to the end: a plan is not applied while a router that still serves ignores it.
await delay(config.drainServeMs);
const closed = once(router.server, "close");
router.server.close();
await Promise.race([closed, delay(config.drainFinishMs)]);
router.server.closeAllConnections();
link.stop();
log.info("drained");
process.exit(0);
