import { writeWhole } from "#k8s/local/whole-file.ts";
import { deployMigrations } from "#scripts/deploy-migrations.ts";
import { applyLocalEnvironment } from "./apply-environment.ts";
import { connectionsFileOf, logFileOf, type StackConfig } from "./config.ts";
import { startWeb, startWorker } from "./control-plane.ts";
import { kubeconfigOf, startLocalCluster } from "./local-cluster.ts";
import { followPodTargets } from "./pod-targets.ts";
import { startPostgres } from "./postgres.ts";
import { type Discovery, findPrometheus, startPrometheus, targetsFileOf } from "./prometheus.ts";
import { allOrFirstError, type Component } from "./supervise.ts";

/** Starts a component and keeps it up until the stack stops. */
export type Keep = (component: Component) => Promise<void>;
export type Ports = Readonly<Record<keyof StackConfig["ports"] | "worker", number>>;

const IMAGE_PREFIX = "slipway.local/";

/** Answers the URL of a database that has this checkout's schema. */
export async function bringUpDatabase(
  { home, databaseUrl, databaseDirectUrl }: StackConfig,
  keep: Keep,
): Promise<string> {
  if (databaseUrl !== undefined) {
    await deployMigrations(databaseDirectUrl ?? databaseUrl);
    return databaseUrl;
  }
  // Web and worker hold its URL, so started again it must be where it was.
  let first: { url: string; port: number } | undefined;
  await keep({
    name: "postgres",
    start: async () => {
      const postgres = await startPostgres({
        home,
        logFile: logFileOf(home, "postgres"),
        ...(first === undefined ? {} : { port: first.port }),
      });
      first ??= { url: postgres.url(), port: postgres.port };
      await deployMigrations(postgres.url());
      return postgres;
    },
    stopSignal: "SIGINT",
    stopGraceMs: 15_000,
  });
  if (first === undefined) throw new Error("PostgreSQL was started without a URL");
  return first.url;
}

/** Answers the kubeconfig of a cluster that, being our own, holds the local environment's namespace and rights. */
export async function bringUpCluster(config: StackConfig, ports: Ports, keep: Keep): Promise<string> {
  if (config.kubeconfig !== undefined) return config.kubeconfig;
  const { root, home } = config;
  const kubeconfig = kubeconfigOf(home);
  await keep({
    name: "cluster",
    start: () =>
      startLocalCluster({
        root,
        home,
        port: ports.kube,
        nodePortHost: config.host,
        imagePrefix: config.inherited.SLIPWAY_IMAGE_PREFIX ?? IMAGE_PREFIX,
      }),
    stopSignal: "SIGTERM",
    stopGraceMs: 30_000,
  });
  await applyLocalEnvironment(kubeconfig, config.localNamespace);
  return kubeconfig;
}

/** Undefined, and a line that says why, when there are no metrics: the rest works without. */
export async function bringUpPrometheus(
  config: StackConfig,
  ports: Ports,
  run: { keep: Keep; say(line: string): void; stopAsked: AbortSignal; cluster: Promise<string> },
): Promise<string | undefined> {
  const { keep, say, stopAsked } = run;
  if (config.prometheusUrl !== undefined) return config.prometheusUrl;
  if (config.kubeconfig !== undefined) {
    say("no metrics: with a cluster of your own, set PROMETHEUS_URL to its Prometheus");
    return undefined;
  }
  const { home } = config;
  const [program, kubeconfig] = await Promise.all([
    findPrometheus(home, stopAsked).catch((error: Error) => {
      stopAsked.throwIfAborted();
      say(`no metrics: ${error.message} (apt-get install prometheus, or set PROMETHEUS_URL)`);
    }),
    run.cluster,
  ]);
  if (program === undefined) return undefined;
  let discovery: Discovery | undefined;
  try {
    await keep({
      name: "prometheus",
      start: async () => {
        const prometheus = await startPrometheus({
          home,
          port: ports.prometheus,
          kubeconfig,
          program,
          workerPort: ports.worker,
        });
        discovery = prometheus.discovery;
        return prometheus;
      },
      stopSignal: "SIGTERM",
      stopGraceMs: 10_000,
    });
    if (discovery === "file") await followPodTargets(kubeconfig, targetsFileOf(home));
    return `http://127.0.0.1:${ports.prometheus}`;
  } catch (error) {
    stopAsked.throwIfAborted();
    say(`no metrics: ${(error as Error).message}`);
    return undefined;
  }
}

type Given = Readonly<{
  databaseUrl: string;
  kubeconfig: string;
  prometheusUrl: string | undefined;
  secretKey: string;
  adminPassword: string;
}>;

export async function bringUpControlPlane(config: StackConfig, ports: Ports, given: Given, keep: Keep): Promise<void> {
  const { root, home, inherited } = config;
  const env = {
    SLIPWAY_IMAGE_PREFIX: IMAGE_PREFIX,
    SLIPWAY_PUBLIC_URL: `http://127.0.0.1:${ports.web}`,
    ...inherited,
    DATABASE_URL: given.databaseUrl,
    KUBECONFIG: given.kubeconfig,
    ...(given.prometheusUrl === undefined ? {} : { PROMETHEUS_URL: given.prometheusUrl }),
    SLIPWAY_ROOT: root,
    SLIPWAY_HOME: home,
    SLIPWAY_SECRET_KEY: given.secretKey,
    SLIPWAY_ADMIN_EMAIL: config.admin.email,
    SLIPWAY_ADMIN_PASSWORD: given.adminPassword,
    SLIPWAY_GATEWAY_PORT: String(ports.gateway),
  };
  // What `npm run doctor` needs of a run like this one, also when it has died.
  const connections = {
    DATABASE_URL: given.databaseUrl,
    PROMETHEUS_URL: given.prometheusUrl,
    PROMETHEUS_AUTHORIZATION: inherited.PROMETHEUS_AUTHORIZATION,
  };
  writeWhole(connectionsFileOf(home), JSON.stringify(connections));
  const options = { root, home, env };
  const graceful = { stopSignal: "SIGTERM", stopGraceMs: 10_000 } as const;
  await allOrFirstError([
    keep({ name: "web", start: () => startWeb(options, { host: config.host, port: ports.web }), ...graceful }),
    keep({ name: "worker", start: () => startWorker(options, ports.worker), ...graceful }),
  ]);
}
