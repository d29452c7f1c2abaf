import { join } from "node:path";
import { artifactFolder } from "#server/adapters/artifacts/folder.ts";
import { resumableUploads } from "#server/adapters/artifacts/resumable-uploads.ts";
import { httpInferenceGateway } from "#server/adapters/inference/gateway.ts";
import { childProcessInspector } from "#server/adapters/inspector/child-process.ts";
import { kubernetesPodLogs } from "#server/adapters/kubernetes/pod-logs.ts";
import { prometheusMetrics } from "#server/adapters/prometheus/metrics.ts";
import { openSessions } from "#server/auth/sessions.ts";
import { type Config, loadConfig } from "#server/config/env.ts";
import { createChangeFeed } from "#server/db/change-feed.ts";
import { openDatabase } from "#server/db/client.ts";
import { openSession } from "#server/db/session.ts";
import { createVault } from "#server/db/vault.ts";
import { createWorkerQuestions } from "#server/db/worker-questions.ts";
import { createLog } from "#server/observability/log.ts";
import type { Services } from "#server/services/context.ts";

/** What web is made of. The worker wires its own: it needs a cluster and no HTTP. */
export function buildContainer(config: Config) {
  const log = createLog("web", config.logLevel);
  const db = openDatabase(config.databaseUrl);
  const session = openSession(config.databaseDirectUrl, (error) => log.warn({ err: error }, "database session lost"));
  const services: Services = {
    db,
    artifacts: artifactFolder(config.artifactDir),
    resumableUploads: resumableUploads(join(config.artifactDir, "resumable")),
    inspector: childProcessInspector(config.inspection),
    inference: httpInferenceGateway(),
    metrics: prometheusMetrics(config.prometheus, () => new Date()),
    worker: createWorkerQuestions(db, session),
    feed: createChangeFeed(db, session, (error) => log.warn({ err: error }, "cannot see what changes")),
    uploadBytesMax: config.uploadBytesMax,
    imagePrefix: config.localEnvironment.imagePrefix,
    podLogs: kubernetesPodLogs(config.kube),
    vault: createVault(config.secretKey, config.secretKeyBefore),
    publicUrl: config.publicUrl,
    migrationsDir: config.migrationsDir,
    webhook: config.webhook !== null,
    log,
  };
  const sessions = openSessions(db, config.secretKey, log);
  const close = async () => {
    await session.close();
    await db.close();
  };
  return { config, session, sessions, services, log, close };
}
export type Container = ReturnType<typeof buildContainer>;

// Next bundles routes apart; this keeps them on one pool of connections all the same.
const shared = globalThis as { slipwayContainer?: Container };

/** One per process. */
export function container(): Container {
  shared.slipwayContainer ??= buildContainer(loadConfig(process.env));
  return shared.slipwayContainer;
}
