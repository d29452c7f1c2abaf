import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#scripts/stack/ports.ts";
import { type Started, startReady, stopProcess } from "#scripts/stack/process.ts";
import { findPrometheus } from "#scripts/stack/prometheus.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { type Rest, startRest } from "#test/support/rest.ts";

type Gpu = Readonly<{
  index: number;
  node: string;
  pod: string;
  utilPercent: number;
  usedMiB: number;
  freeMiB: number;
}>;

const A100 = { freeMiB: 40_000, node: "gpu-node-1" } as const;
/** Of r1 two devices; one of another endpoint whose name begins alike; one that nobody uses. */
const OLDER: readonly Gpu[] = [
  { ...A100, index: 0, pod: "vision-r1-6c9f7d5b48-x2k4q", utilPercent: 80, usedMiB: 1_024 },
  { ...A100, index: 1, pod: "vision-r1-6c9f7d5b48-p9w7z", utilPercent: 40, usedMiB: 512 },
  { ...A100, index: 2, pod: "vision-r1-r1-6c9f7d5b48-x2k4q", utilPercent: 99, usedMiB: 9_999 },
  { ...A100, index: 3, pod: "", utilPercent: 0, usedMiB: 1 },
];
const NEWER: readonly Gpu[] = [
  { freeMiB: 15_000, node: "gpu-node-2", index: 0, pod: "vision-r2-7d4b9c6f55-m3n8v", utilPercent: 7, usedMiB: 300 },
];

/** What the DCGM exporter answers: the metrics of its default list that concern us, and one that does not. */
function dcgm(gpus: readonly Gpu[], hostLabel: "Hostname" | "hostname"): string {
  const family = (name: string, help: string, measure: (gpu: Gpu) => number) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...gpus.map((gpu) => `${name}{${labelsOf(gpu, hostLabel)}} ${measure(gpu)}`),
  ];
  return [
    ...family("DCGM_FI_DEV_SM_CLOCK", "SM clock frequency (in MHz).", () => 1_410),
    ...family("DCGM_FI_DEV_GPU_UTIL", "GPU utilization (in %).", ({ utilPercent }) => utilPercent),
    ...family("DCGM_FI_DEV_FB_FREE", "Frame buffer memory free (in MB).", ({ freeMiB }) => freeMiB),
    ...family("DCGM_FI_DEV_FB_USED", "Frame buffer memory used (in MB).", ({ usedMiB }) => usedMiB),
    "",
  ].join("\n");
}

function labelsOf({ index, node, pod }: Gpu, hostLabel: string): string {
  const used =
    pod === "" ? { container: "", namespace: "", pod: "" } : { container: "model", namespace: "slipway-local", pod };
  return Object.entries({
    gpu: String(index),
    UUID: `GPU-5a1c0d3e-0000-4000-8000-${node.slice(-1).padStart(11, "0")}${index}`,
    pci_bus_id: `00000000:0${index}:00.0`,
    device: `nvidia${index}`,
    modelName: "NVIDIA A100-SXM4-40GB",
    [hostLabel]: node,
    DCGM_FI_DRIVER_VERSION: "535.183.01",
    ...used,
  })
    .map(([label, value]) => `${label}="${value}"`)
    .join(",");
}

let dir: string;
let exporter: Server;
let prometheus: Started | undefined;
let rest: Rest;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "slipway-gpu-"));
  exporter = createServer((request, response) =>
    response
      .setHeader("content-type", "text/plain; version=0.0.4")
      .end(request.url?.startsWith("/older") ? dcgm(OLDER, "Hostname") : dcgm(NEWER, "hostname")),
  );
  await new Promise<void>((resolve) => exporter.listen(0, "127.0.0.1", resolve));
  const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
  const port = await freePort();
  const job = (name: string, path: string, honor: boolean) => ({
    job_name: name,
    metrics_path: path,
    honor_labels: honor,
    static_configs: [{ targets: [target], labels: { namespace: "gpu-operator", pod: "nvidia-dcgm-exporter-4xk2p" } }],
  });
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s" },
    // Found as a pod: our labels are set aside as exported_…; found by a ServiceMonitor that honours them; found twice.
    scrape_configs: [
      job("pods", "/older", false),
      job("service", "/newer", true),
      job("service-again", "/newer", true),
    ],
  };
  await writeFile(join(dir, "prometheus.yml"), JSON.stringify(config));
  prometheus = await startReady(
    {
      command: await findPrometheus(dir),
      args: [
        `--config.file=${join(dir, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(dir, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      env: { PATH: process.env.PATH },
      cwd: dir,
      logFile: join(dir, "prometheus.log"),
    },
    async () => await hasScraped(`http://127.0.0.1:${port}`),
    60_000,
  );
  rest = await startRest({ PROMETHEUS_URL: `http://127.0.0.1:${port}` });
  await rest.call("POST", "/models", { body: { name: "m" } });
  const { digest } = (await rest.call("PUT", "/artifacts", { raw: aScalingModel(2) })).body;
  await rest.call("POST", "/models/m/versions", { body: { artifact: digest } });
  await rest.call("POST", "/endpoints", { body: { name: "vision", environment: "local" } });
  for (const _ of [1, 2, 3])
    await rest.call("POST", "/endpoints/vision/revisions", { body: { model: "m", version: "1" } });
}, 120_000);
afterAll(async () => {
  await rest?.close();
  if (prometheus !== undefined) await stopProcess(prometheus.process, "SIGTERM", 5_000);
  exporter?.close();
  await rm(dir, { recursive: true, force: true });
});

/** Every job twice, so that a value stands at each of two steps. */
async function hasScraped(url: string): Promise<boolean> {
  const query =
    "min(count_over_time(DCGM_FI_DEV_GPU_UTIL[1m])) >= 2 and count(count by (job) (DCGM_FI_DEV_GPU_UTIL)) == 3";
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`).catch(() => undefined);
  if (answer?.ok !== true) return false;
  return ((await answer.json()) as { data: { result: unknown[] } }).data.result.length > 0;
}

test("the exporter's devices are told per revision that uses them, each once, whatever it calls its node", async () => {
  const now = Math.floor(Date.now() / 1_000);
  const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();
  const { body } = await rest.call(
    "GET",
    `/endpoints/vision/metrics?from=${iso(now - 1)}&to=${iso(now)}&stepSeconds=1`,
  );
  const latest = (revision: number) => {
    const series = body.revisions.find((one: { revision: number }) => one.revision === revision);
    return { utilization: series.gpuUtilization.at(-1), memoryBytes: series.gpuMemoryBytes.at(-1) };
  };
  expect(latest(1)).toEqual({ utilization: expect.closeTo(0.6, 9), memoryBytes: 1_536 * 1024 ** 2 });
  expect(latest(2)).toEqual({ utilization: 0.07, memoryBytes: 300 * 1024 ** 2 });
  expect(latest(3)).toEqual({ utilization: null, memoryBytes: null });
});
