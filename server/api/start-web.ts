import { resealClusters } from "#server/services/cluster/reseal.ts";
import { ensureInstallation } from "#server/services/installation/ensure.ts";
import { forgetLeftovers } from "#server/services/installation/forget-leftovers.ts";
import { whyNotReady } from "#server/services/installation/ready.ts";
import { believeConnections } from "./caller-address.ts";
import { webContainer } from "./context.ts";
import { keepUploads } from "./upload-body.ts";

const RETRY_MS = 1_000;
const FORGET_EVERY_MS = 3_600_000;

/** Once per web process: seeds the installation as soon as the database is there, and cleans up now and then. */
export function startWeb(): void {
  const { config, services, log } = webContainer();
  if (!config.trustProxy) believeConnections();
  keepUploads();
  const seed = async (): Promise<void> => {
    const why = await whyNotReady(services.db, config.migrationsDir);
    if (why === null) {
      const { clusterName } = await ensureInstallation(services.db, config);
      if (clusterName !== config.clusterName)
        log.warn(
          { clusterName },
          "the cluster keeps the name of its first start, whatever SLIPWAY_CLUSTER_NAME is now",
        );
      const resealed = await resealClusters(services.db, services.vault);
      if (resealed > 0) log.info({ clusters: resealed }, "encrypted credentials with the new SLIPWAY_SECRET_KEY");
      return;
    }
    log.warn({ why }, "not ready yet");
    setTimeout(attempt, RETRY_MS).unref();
  };
  const attempt = () =>
    void seed().catch((error: unknown) => {
      log.error({ err: error }, "could not seed the installation");
      setTimeout(attempt, RETRY_MS).unref();
    });
  attempt();

  const forget = () =>
    void forgetLeftovers(services).catch((error: unknown) => log.warn({ err: error }, "clean-up failed"));
  forget();
  setInterval(forget, FORGET_EVERY_MS).unref();
}
