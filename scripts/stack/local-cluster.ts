import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { writeWhole } from "#k8s/local/whole-file.ts";
import { logFileOf } from "./config.ts";
import { type Started, startReady } from "./process.ts";

export type LocalClusterOptions = Readonly<{
  root: string;
  /** Holds `cluster/` (objects, pods), `kubeconfig` and `network.json`. */
  home: string;
  port: number;
  /** Where the ports of NodePort Services listen. */
  nodePortHost: string;
  imagePrefix: string;
  logFile?: string;
}>;

export type LocalCluster = Started & Readonly<{ kubeconfig: string }>;

const PROGRAMS = ["router", "model-server", "fetch", "artifacts"] as const;

export const kubeconfigOf = (home: string) => join(home, "kubeconfig");

/** The local cluster's API on 127.0.0.1:`port`; pods that outlived an earlier one are adopted by it, not by us. */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const { root, home, port } = options;
  const dataDir = join(home, "cluster");
  mkdirSync(dataDir, { recursive: true });
  const images = join(home, "images.json");
  writeWhole(images, JSON.stringify(imageCommands(root, options.imagePrefix), null, 2));
  const network = networkOf(home);
  const kubeconfig = kubeconfigOf(home);
  const flags = {
    "data-dir": dataDir,
    host: "127.0.0.1",
    port: String(port),
    "node-port-host": options.nodePortHost,
    kubeconfig,
    images,
    "pod-cidr": network.podCidr,
    "service-cidr": network.serviceCidr,
  };
  const started = await startReady(
    {
      command: process.execPath,
      args: [
        join(root, "k8s/local/main.ts"),
        ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
      ],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, SLIPWAY_HOME: home },
      cwd: root,
      logFile: options.logFile ?? logFileOf(home, "cluster"),
      // Killed, not asked to stop: asked, it would stop the pods too, and those go on serving.
      record: { file: join(home, "run", "cluster.json"), survivorSignal: "SIGKILL" },
    },
    () => isApiReady(kubeconfig, port),
    60_000,
  );
  return { ...started, kubeconfig };
}

/** Programs as V8 reads them fastest: without it, half of a pod's start is stripping types and compiling. */
const COMPILED = "node_modules/.cache/slipway/compiled";

const imageCommands = (root: string, prefix: string) => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return Object.fromEntries(
    PROGRAMS.map((program) => [
      `${prefix}${program}:${version}`,
      {
        command: [process.execPath, join(root, "serving", program, "main.ts")],
        env: { NODE_COMPILE_CACHE: join(root, COMPILED) },
      },
    ]),
  );
};

const networkSchema = z.object({ podCidr: z.string(), serviceCidr: z.string() });

/**
 * Loopback ranges for pods and services, kept for the life of `home`. Two installations on one machine must not share
 * one: the choice starts from the folder's own name and passes by ranges on which somebody listens.
 */
function networkOf(home: string): z.infer<typeof networkSchema> {
  const file = join(home, "network.json");
  if (existsSync(file)) return networkSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const inUse = listeningLoopbackNets();
  const start = createHash("sha256").update(home).digest().readUInt16BE(0);
  for (let step = 0; step < 224 * 4; step += 1) {
    const slot = (start + step) % (224 * 4);
    const [second, third] = [16 + (slot >> 2), (slot & 3) * 64];
    if (inUse.has(`${second}.${third}`)) continue;
    const network = { podCidr: `127.${second}.${third}.0/19`, serviceCidr: `127.${second}.${third + 32}.0/19` };
    writeWhole(file, JSON.stringify(network));
    return network;
  }
  throw new Error("no free range of loopback addresses is left for pods");
}

/** Second and third byte, the third rounded down to 64, of every 127/8 address with a listening socket. */
function listeningLoopbackNets(): Set<string> {
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
  const addresses = lines.flatMap((line) => /^\s*\d+: ([0-9A-F]{8}):[0-9A-F]{4} \S+ 0A /.exec(line)?.[1] ?? []);
  // Little-endian hexadecimal: 0100007F is 127.0.0.1.
  const bytes = addresses.map((hex) => Buffer.from(hex, "hex").reverse());
  return new Set(bytes.filter((b) => b[0] === 127).map((b) => `${b[1]}.${(b[2] ?? 0) & 0xc0}`));
}

const kubeconfigSchema = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), "certificate-authority-data": z.string() }) }),
  ]),
});

async function isApiReady(kubeconfig: string, port: number): Promise<boolean> {
  if (!existsSync(kubeconfig)) return false;
  const parsed = kubeconfigSchema.safeParse(parse(readFileSync(kubeconfig, "utf8")));
  // Until it is written anew, the file may be of an earlier run on another port.
  if (!parsed.success || !parsed.data.clusters[0].cluster.server.endsWith(`:${port}`)) return false;
  const ca = Buffer.from(parsed.data.clusters[0].cluster["certificate-authority-data"], "base64");
  return new Promise((resolve) => {
    const probe = request(
      { host: "127.0.0.1", port, path: "/readyz", ca, timeout: 2_000, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    probe.on("timeout", () => probe.destroy());
    probe.on("error", () => resolve(false));
    probe.end();
  });
}
