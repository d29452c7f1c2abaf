import type { SystemCheck } from "./schema.ts";

// What observations mean. Pure: each takes what was seen and answers one sentence, and one fix where something is wrong.

export const ok = (name: string, sentence: string): SystemCheck => ({ name, state: "ok", sentence, fix: null });
export const warning = (name: string, sentence: string, fix: string): SystemCheck => ({
  name,
  state: "warning",
  sentence,
  fix,
});
export const failed = (name: string, sentence: string, fix: string): SystemCheck => ({
  name,
  state: "failed",
  sentence,
  fix,
});

const CLOCK_MS_MAX = 2_000;
const CONNECTIONS_LEFT_MIN = 0.1;

export type DatabaseSeen = Readonly<{
  version: string;
  bytes: number;
  /** Its clock less ours. */
  clockMs: number;
  connectionsMax: number;
  connectionsUsed: number;
  /** Of this release, and not applied to it. */
  migrationsMissing: readonly string[];
  /** Applied, and unknown to this release. */
  migrationsNewer: number;
}>;

export function databaseChecks(seen: DatabaseSeen): SystemCheck[] {
  const mebibytes = Math.ceil(seen.bytes / 1024 ** 2);
  const left = seen.connectionsMax - seen.connectionsUsed;
  const isTight = left < seen.connectionsMax * CONNECTIONS_LEFT_MIN;
  const connections = `${seen.connectionsUsed} of ${seen.connectionsMax} connections are in use`;
  return [
    isTight
      ? warning(
          "Database",
          `PostgreSQL ${seen.version} answers, but ${connections}.`,
          "Raise max_connections, or end what holds them.",
        )
      : ok("Database", `PostgreSQL ${seen.version} answers and holds ${mebibytes} MiB; ${connections}.`),
    schemaCheck(seen),
    clockCheck(seen.clockMs),
  ];
}

function schemaCheck({ migrationsMissing, migrationsNewer }: DatabaseSeen): SystemCheck {
  const name = "Schema";
  if (migrationsMissing.length > 0)
    return failed(
      name,
      `The database lacks ${migrationsMissing.join(", ")}: this release cannot work on it.`,
      "Apply them: node scripts/deploy-migrations.ts with DATABASE_URL set. npm start does it by itself.",
    );
  if (migrationsNewer > 0)
    return warning(
      name,
      `The database is ${migrationsNewer} migrations ahead of this release, which works on it.`,
      "Finish the upgrade, so that all processes are of one release.",
    );
  return ok(name, "The database has exactly the schema of this release.");
}

function clockCheck(clockMs: number): SystemCheck {
  const name = "Clock";
  if (Math.abs(clockMs) <= CLOCK_MS_MAX) return ok(name, "This machine and the database agree on the time.");
  const seconds = Math.round(Math.abs(clockMs) / 1_000);
  const direction = clockMs > 0 ? "ahead of" : "behind";
  return warning(
    name,
    `The database's clock is ${seconds} s ${direction} this machine's.`,
    "Synchronise both, with NTP for instance.",
  );
}

export function workerCheck(leaderSince: Date | null, now: Date): SystemCheck {
  const name = "Worker";
  if (leaderSince !== null) return ok(name, `One leads; it connected ${agoWords(leaderSince, now)}.`);
  return failed(
    name,
    "No worker leads: nothing that you change reaches a cluster. Predictions go on.",
    "Start a worker, or look into the log of the one that should run.",
  );
}

export type MetricsSeen = Readonly<{
  targetsUp: number;
  routersUp: number;
  modelServersUp: number;
  /** Series of slipway_requests_total, and those of them with all of our labels as routers gave them. */
  requestSeries: number;
  labelledSeries: number;
  gpus: number;
}>;
/** What the cluster says should be there. */
export type ServingSeen = Readonly<{ readyRouters: number; readyModelPods: number; gpuRevisions: number }>;

/** `seen` as a text: why there is nothing to see. */
export function metricsChecks(seen: MetricsSeen | string, serving: ServingSeen | null): SystemCheck[] {
  const name = "Prometheus";
  if (typeof seen === "string")
    return [
      failed(
        name,
        seen,
        "Start it, or set PROMETHEUS_URL to the one that scrapes your clusters. Only charts and health need it.",
      ),
    ];
  if (seen.targetsUp === 0)
    return [
      failed(
        name,
        "Answers, but scrapes nothing: there are no charts and no health.",
        "Add Slipway's pods to its scrape configuration, by their prometheus.io annotations or a PodMonitor.",
      ),
    ];
  return [
    ok(name, `Answers; it scrapes ${seen.targetsUp} targets.`),
    scrapeCheck(seen, serving),
    gpuCheck(seen, serving),
  ];
}

function scrapeCheck(seen: MetricsSeen, serving: ServingSeen | null): SystemCheck {
  const name = "Metrics";
  const unseen = [
    ...(serving !== null && serving.readyRouters > seen.routersUp
      ? [`${seen.routersUp} of ${serving.readyRouters} routers`]
      : []),
    ...(serving !== null && serving.readyModelPods > 0 && seen.modelServersUp === 0
      ? ["none of the model servers"]
      : []),
  ];
  if (unseen.length > 0)
    return warning(
      name,
      `Prometheus scrapes ${unseen.join(" and ")}: charts and health show less than there is.`,
      "Scrape every pod with the annotation prometheus.io/scrape in the environments' namespaces. Pods that have just started take some seconds.",
    );
  if (seen.labelledSeries < seen.requestSeries)
    return failed(
      name,
      `${seen.requestSeries - seen.labelledSeries} of ${seen.requestSeries} series of slipway_requests_total lack environment, endpoint or revision as the routers gave it.`,
      "Let the scrape configuration keep the labels of the routers: no labeldrop of them, and honor_labels, or a labeldrop of the target's, where it renames them to exported_….",
    );
  if (seen.requestSeries === 0) return ok(name, "Routers are scraped; no request has been counted yet.");
  return ok(name, `${seen.requestSeries} series of requests, each with environment, endpoint and revision.`);
}

function gpuCheck({ gpus }: MetricsSeen, serving: ServingSeen | null): SystemCheck {
  const name = "GPU exporter";
  if (gpus > 0) return ok(name, `DCGM metrics of ${gpus} GPUs are scraped.`);
  if (serving !== null && serving.gpuRevisions > 0)
    return warning(
      name,
      `${serving.gpuRevisions} revisions ask for a GPU, and no DCGM metric is scraped: their GPU charts say so.`,
      "Run NVIDIA's dcgm-exporter on the nodes with GPUs, and let Prometheus scrape it.",
    );
  return ok(name, "None is scraped, and no revision asks for a GPU: GPU charts say so.");
}

export type ClusterSeen = Readonly<{
  name: string;
  /** Null: the worker has not looked yet. */
  reachable: Readonly<{ status: string; reason: string; message: string; since: Date }> | null;
  sameAs: readonly string[];
}>;

export function clusterCheck({ name, reachable, sameAs }: ClusterSeen, now: Date): SystemCheck {
  const title = `Cluster ${name}`;
  const look = "See Settings → Clusters.";
  if (reachable === null) return warning(title, "The worker has not looked at it yet.", "Start a worker.");
  if (reachable.status !== "True")
    return failed(title, `Not reachable since ${agoWords(reachable.since, now)}: ${reachable.message}`, look);
  if (sameAs.length > 0) return warning(title, `Answers, and is the same cluster as ${sameAs.join(", ")}.`, look);
  return ok(title, reachable.message || "Answers.");
}

export type EnvironmentSeen = Readonly<{
  name: string;
  namespace: string;
  observedAt: Date | null;
  routersReady: number;
  /** What is wrong with it, in sentences; `since` of each. */
  troubles: readonly Readonly<{ title: string; message: string; fix: string }>[];
  missingRights: readonly string[] | null;
  /** Revisions whose image cannot be had, each in a sentence. */
  imageTroubles: readonly string[];
}>;

const STALE_MS = 60_000;

export function environmentChecks(seen: EnvironmentSeen, now: Date): SystemCheck[] {
  const name = `Environment ${seen.name}`;
  const kubectl = `kubectl --namespace ${seen.namespace}`;
  const fix = `See whether the cluster answers: ${kubectl} get pods`;
  if (seen.observedAt === null) return [failed(name, "Was never seen by the worker.", fix)];
  if (now.getTime() - seen.observedAt.getTime() > STALE_MS)
    return [
      failed(name, `Was last known ${agoWords(seen.observedAt, now)}: what screens show of it is that old.`, fix),
    ];
  const [worst, ...more] = seen.troubles;
  const others = more.length === 0 ? "" : ` Also: ${more.map(({ title }) => title.toLowerCase()).join("; ")}.`;
  return [
    worst === undefined
      ? ok(name, `Known and current; routers ready: ${seen.routersReady}. Nothing is wrong that the worker can see.`)
      : failed(name, `${worst.title}. ${worst.message}${others}`.trim(), worst.fix),
    rightsCheck(seen),
    imagesCheck(seen, kubectl),
  ];
}

function rightsCheck({ name: environment, missingRights }: EnvironmentSeen): SystemCheck {
  const name = `Rights in ${environment}`;
  const fix = "An administrator of the cluster applies k8s/install/environment: see Settings → Environments.";
  if (missingRights === null)
    return warning(name, "The worker has not asked the cluster for them yet.", "Start a worker.");
  if (missingRights.length === 0) return ok(name, "The worker has each verb that it needs.");
  return failed(name, `The worker may not: ${missingRights.join(", ")}.`, fix);
}

function imagesCheck({ name: environment, imageTroubles }: EnvironmentSeen, kubectl: string): SystemCheck {
  const name = `Images in ${environment}`;
  if (imageTroubles.length === 0) return ok(name, "No pod waits for an image.");
  return failed(
    name,
    imageTroubles.join(" "),
    `See whether the registry has it and lets the nodes pull it: ${kubectl} get events`,
  );
}

export type DiskSeen = Readonly<{ freeBytes: number; totalBytes: number }>;

const GIB = 1024 ** 3;

export function diskCheck(what: string, { freeBytes, totalBytes }: DiskSeen): SystemCheck {
  const free = `${(freeBytes / GIB).toFixed(1)} of ${(totalBytes / GIB).toFixed(1)} GiB are free`;
  const fix = "Give it more space, or delete model versions that nobody needs.";
  if (freeBytes < 0.25 * GIB) return failed(what, `Only ${free}: uploads fail soon.`, fix);
  if (freeBytes < 2 * GIB && freeBytes < totalBytes * 0.1) return warning(what, `Only ${free}.`, fix);
  return ok(what, `${free}.`);
}

export type WebhookSeen = Readonly<{
  configured: boolean;
  last: Readonly<{
    event: string;
    at: Date;
    deliveredAt: Date | null;
    error: string | null;
    attempts: number;
    givenUp: boolean;
  }> | null;
}>;

export function webhookCheck({ configured, last }: WebhookSeen, now: Date): SystemCheck {
  const name = "Webhook";
  const set = "Set SLIPWAY_WEBHOOK_URL and SLIPWAY_WEBHOOK_SECRET for web and worker.";
  if (!configured && last === null)
    return warning(name, "None is set: incidents are shown here, and told to nobody.", set);
  if (last === null) return ok(name, "Set; there was nothing to tell yet.");
  if (last.deliveredAt !== null)
    return ok(name, `The last message (${last.event}) arrived ${agoWords(last.deliveredAt, now)}.`);
  const why = last.error ?? "it has not been tried yet";
  const sentence = `The last message (${last.event}, ${agoWords(last.at, now)}) has not arrived after ${last.attempts} attempts: ${why}`;
  if (last.error === null && !last.givenUp) return ok(name, `A message (${last.event}) is on its way.`);
  return failed(
    name,
    sentence,
    "See whether its receiver answers 2xx. Addresses inside the network need SLIPWAY_WEBHOOK_ALLOW_PRIVATE=true.",
  );
}

export function agoWords(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return "less than a minute ago";
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
