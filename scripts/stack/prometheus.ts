import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { ANNOTATION, LABEL } from "#domain/shared/cluster-names.ts";
import { logFileOf } from "./config.ts";
import { podMeta } from "./pod-targets.ts";
import { type Started, startReady } from "./process.ts";

export type PrometheusOptions = Readonly<{
  home: string;
  port: number;
  kubeconfig: string;
  /** Path of the program, from `findPrometheus`. */
  program: string;
  /** Where the worker's own metrics are. */
  workerPort?: number;
  scrapeIntervalSeconds?: number;
}>;

const run = promisify(execFile);

/**
 * Prometheus from PATH, else unpacked below `home` from Debian's package without root. Throws an Error that says what
 * is missing.
 */
export async function findPrometheus(home: string, stop?: AbortSignal): Promise<string> {
  const folder = join(home, "prometheus-bin");
  const unpacked = join(folder, "usr/bin/prometheus");
  const onPath = (process.env.PATH ?? "").split(delimiter).map((entry) => join(entry, "prometheus"));
  const found = [...onPath, unpacked].find(isExecutable);
  if (found !== undefined) return found;
  const making = `${folder}.making`;
  const signal = stop === undefined ? {} : { signal: stop };
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  try {
    await run("apt-get", ["download", "prometheus"], { cwd: making, timeout: 120_000, ...signal });
    const [archive] = readdirSync(making).filter((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Error("apt-get download left no package");
    await run("dpkg-deb", ["-x", join(making, archive), join(making, "unpacked")], { timeout: 60_000, ...signal });
    // Renamed when whole: a start that is killed here leaves no half of it.
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(making, "unpacked"), folder);
  } catch (error) {
    const why = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
    throw new Error(`no prometheus on PATH, and it could not be unpacked from the system's packages: ${why}`);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  if (!isExecutable(unpacked)) throw new Error("the system's package prometheus holds no /usr/bin/prometheus");
  return unpacked;
}

/** `file`: what `targetsFileOf` names is scraped, and somebody has to keep it current (`followPodTargets`). */
export type Discovery = "kubernetes" | "file";

export const targetsFileOf = (home: string) => join(home, "prometheus", "pods.json");

/**
 * Prometheus on 127.0.0.1:`port`, scraping every pod of the cluster that asks for it. Debian builds it without
 * `kubernetes_sd_configs`; then a file names the pods. Ready when it answers.
 */
export async function startPrometheus(options: PrometheusOptions): Promise<Started & { discovery: Discovery }> {
  try {
    return { ...(await startWith(options, "kubernetes")), discovery: "kubernetes" };
  } catch (error) {
    if (!/kubernetes_sd_configs not found/.test((error as Error).message)) throw error;
    return { ...(await startWith(options, "file")), discovery: "file" };
  }
}

function startWith(options: PrometheusOptions, discovery: Discovery): Promise<Started> {
  const { home, port, program } = options;
  const folder = join(home, "prometheus");
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "prometheus.yml");
  writeFileSync(config, stringify(scrapeConfig(options, discovery)), { mode: 0o600 });
  return startReady(
    {
      command: program,
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        "--storage.tsdb.retention.time=15d",
        `--web.listen-address=127.0.0.1:${port}`,
        "--log.level=warn",
      ],
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      cwd: folder,
      logFile: logFileOf(home, "prometheus"),
      record: { file: join(home, "run", "prometheus.json"), survivorSignal: "SIGTERM" },
    },
    async () => (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.ok === true,
    30_000,
  );
}

/** `prometheus.yml` as an object. */
export function scrapeConfig(
  options: Pick<PrometheusOptions, "home" | "kubeconfig" | "workerPort" | "scrapeIntervalSeconds">,
  discovery: Discovery,
) {
  const { home, kubeconfig, workerPort, scrapeIntervalSeconds = 2 } = options;
  const pods =
    discovery === "kubernetes"
      ? { kubernetes_sd_configs: [{ role: "pod", kubeconfig_file: kubeconfig }] }
      : { file_sd_configs: [{ files: [targetsFileOf(home)] }] };
  const annotated = (name: string) => podMeta("annotation", `prometheus.io/${name}`);
  const copy = (from: string, to: string) => ({ source_labels: [from], target_label: to });
  return {
    global: { scrape_interval: `${scrapeIntervalSeconds}s`, scrape_timeout: `${scrapeIntervalSeconds}s` },
    scrape_configs: [
      {
        job_name: "slipway-pods",
        ...pods,
        relabel_configs: [
          { source_labels: [annotated("scrape")], action: "keep", regex: "true" },
          // A pod has one target per declared port; made equal by this, all but one are dropped as duplicates.
          {
            source_labels: ["__meta_kubernetes_pod_ip", annotated("port")],
            regex: "(.+);(\\d+)",
            replacement: "$1:$2",
            target_label: "__address__",
          },
          { source_labels: [annotated("path")], target_label: "__metrics_path__", regex: "(.+)" },
          { source_labels: ["__meta_kubernetes_pod_phase"], action: "drop", regex: "Pending|Succeeded|Failed" },
          copy("__meta_kubernetes_namespace", "namespace"),
          copy("__meta_kubernetes_pod_name", "pod"),
          copy(podMeta("label", LABEL.installation), "installation"),
          copy(podMeta("label", LABEL.component), "component"),
          copy(podMeta("label", LABEL.endpoint), "endpoint"),
          copy(podMeta("label", LABEL.revision), "revision"),
          copy(podMeta("annotation", ANNOTATION.modelName), "model"),
          copy(podMeta("annotation", ANNOTATION.versionNumber), "version"),
        ],
      },
      ...(workerPort === undefined
        ? []
        : [{ job_name: "slipway-worker", static_configs: [{ targets: [`127.0.0.1:${workerPort}`] }] }]),
    ],
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return existsSync(file);
  } catch {
    return false;
  }
}
