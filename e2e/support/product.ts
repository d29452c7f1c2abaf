import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type Api, connectApi } from "./api.ts";
import type { Gateway } from "./load.ts";
import { freePort } from "./ports.ts";
import { until } from "./until.ts";

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, "../..");
const TOKEN = "e2e-administrator-token-0123456789";

/** The whole product as `npm start` runs it, with a home and ports of its own. */
export type Product = {
  api: Api;
  home: string;
  kubeconfig: string;
  webUrl: string;
  gatewayUrl: string;
  prometheusUrl: string;
  /** `npm start` again on the same home; resolves once a prediction could be served, with what it said until then. */
  start(): Promise<{ tookMs: number; output: string }>;
  /** SIGTERM to `npm start`, as Ctrl-C does; resolves when it has ended. */
  stop(): Promise<{ tookMs: number }>;
  /** kill -9 of `npm start`'s own process, leaving what it started. */
  killSupervisor(): void;
  /** Process ids of a component now: web, worker, postgres, cluster, prometheus. */
  pidsOf(component: Component): number[];
  kubectl(...args: string[]): string;
  /** Without holding up this process, for what else it is doing meanwhile. */
  kubectlBeside(...args: string[]): Promise<string>;
  /** Of every pod that the label selector finds: its name, or what else `field` names (`status.podIP`). */
  pods(selector: string, field?: string): string[];
  /** The processes of a pod's containers. */
  podPids(pod: string): number[];
  gateway(endpoint: string, body: unknown): Gateway;
  /** Stops everything and removes the home; whatever still runs from it is an error. */
  dispose(): Promise<void>;
};
export type Component = "web" | "worker" | "postgres" | "cluster" | "prometheus";

export async function startProduct(options: { env?: Record<string, string> } = {}): Promise<Product> {
  const home = mkdtempSync(path.join(tmpdir(), "slipway-e2e-"));
  const ports = {
    web: await freePort(),
    gateway: await freePort(),
    kube: await freePort(),
    prometheus: await freePort(),
  };
  const env = {
    ...process.env,
    PORT: String(ports.web),
    SLIPWAY_GATEWAY_PORT: String(ports.gateway),
    SLIPWAY_KUBE_PORT: String(ports.kube),
    SLIPWAY_PROMETHEUS_PORT: String(ports.prometheus),
    SLIPWAY_HOME: home,
    SLIPWAY_ADMIN_TOKEN: TOKEN,
    ...options.env,
  };
  const kubeconfig = path.join(home, "kubeconfig");
  const asText = { encoding: "utf8", env: { ...process.env, HOME: home } } as const;
  const base = `http://127.0.0.1:${ports.web}`;
  let main: ChildProcess | undefined;
  let output = "";

  const product: Product = {
    api: connectApi(base, TOKEN),
    home,
    kubeconfig,
    webUrl: base,
    gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
    prometheusUrl: `http://127.0.0.1:${ports.prometheus}`,
    async start() {
      const beganMs = performance.now();
      const child = spawn("node", ["scripts/start.mjs"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
      main = child;
      output = "";
      await new Promise<void>((resolve, reject) => {
        const read = (chunk: Buffer) => {
          output += chunk.toString();
          if (/is ready/i.test(output)) resolve();
        };
        child.stdout.on("data", read);
        child.stderr.on("data", read);
        child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
        setTimeout(() => reject(new Error(`npm start is not ready after 170 s:\n${output}`)), 170_000).unref();
      });
      return { tookMs: performance.now() - beganMs, output };
    },
    async stop() {
      const beganMs = performance.now();
      const child = main;
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      return { tookMs: performance.now() - beganMs };
    },
    killSupervisor: () => main?.kill("SIGKILL"),
    pidsOf: (component) =>
      processesOf(home)
        .filter((p) => componentOf(p.command) === component)
        .map((p) => p.pid),
    kubectl: (...args) => execFileSync("kubectl", ["--kubeconfig", kubeconfig, ...args], asText),
    kubectlBeside: async (...args) => (await run("kubectl", ["--kubeconfig", kubeconfig, ...args], asText)).stdout,
    pods: (selector, field = "metadata.name") =>
      product
        .kubectl("get", "pods", "-n", "slipway-local", "-l", selector, "-o", `jsonpath={.items[*].${field}}`)
        .split(" "),
    podPids(pod) {
      const ip = product.kubectl("get", "pod", "-n", "slipway-local", pod, "-o", "jsonpath={.status.podIP}");
      return processesOf(home)
        .filter((p) => p.environment.includes(`POD_IP=${ip}`))
        .map((p) => p.pid);
    },
    gateway: (endpoint, body) => ({ url: product.gatewayUrl, endpoint, body: JSON.stringify(body) }),
    async dispose() {
      await product.stop();
      const left = processesOf(home);
      for (const { pid } of left) process.kill(pid, "SIGKILL");
      await until("everything stopped", async () => (processesOf(home).length === 0 ? true : undefined), 10_000);
      rmSync(home, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`still running after stop: ${left.map((p) => p.command).join("\n")}`);
    },
  };
  try {
    await product.start();
  } catch (error) {
    await product.dispose().catch(() => undefined);
    throw error;
  }
  return product;
}

/** Every process whose environment or command line names this home: what `npm start` started, however deep. */
function processesOf(home: string): { pid: number; command: string; environment: string[] }[] {
  const pids = execFileSync("ls", ["/proc"], { encoding: "utf8" })
    .split("\n")
    .filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    if (Number(pid) === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const ours = command.includes(home) || environment.some((pair) => pair.includes(home));
      return ours && command !== "" ? [{ pid: Number(pid), command, environment }] : [];
    } catch {
      return [];
    }
  });
}

function componentOf(command: string): Component | undefined {
  if (/worker\/main\.ts/.test(command)) return "worker";
  if (/next-server|next\/dist|next start/.test(command)) return "web";
  if (/postgres/.test(command)) return "postgres";
  if (/k8s\/local\/main\.ts/.test(command)) return "cluster";
  if (/prometheus/.test(command)) return "prometheus";
  return undefined;
}
