import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { scrapeConfig } from "#scripts/stack/prometheus.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { shootAll, unitsNamed } from "../support/load.ts";
import { freePort } from "../support/ports.ts";
import { type Product, startProduct } from "../support/product.ts";
import { until } from "../support/until.ts";

const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };
let product: Product;
beforeAll(async () => {
  product = await startProduct();
  const { api } = product;
  await api.ok("POST", "/endpoints", { name: "seen", environment: "local" });
  await api.register("team/credit risk", aScalingModel(1));
  await api.deploy("seen", "team/credit risk", "1", { replicas: { min: 2, max: 2 } });
  await api.applied("seen");
});
afterAll(() => product?.dispose());

test("kubectl reads what Slipway made as on any cluster", () => {
  const wide = product.kubectl("get", "pods", "-n", "slipway-local", "-o", "wide");
  expect(wide).toMatch(/NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE/);
  expect(wide).toMatch(/seen-r1-\S+\s+1\/1\s+Running/);
  expect(product.kubectl("describe", "deployment", "-n", "slipway-local", "seen-r1")).toMatch(/Replicas:\s+2 desired/);
  expect(product.kubectl("logs", "-n", "slipway-local", "deployment/seen-r1")).not.toBe("");
  expect(product.kubectl("rollout", "status", "-n", "slipway-local", "deployment/seen-r1")).toContain(
    "successfully rolled out",
  );
  expect(
    product.kubectl("wait", "-n", "slipway-local", "--for=condition=Available", "deployment/seen-r1", "--timeout=10s"),
  ).toContain("condition met");
});

test("Prometheus finds routers and model servers without being told of them, and the API gives their series back", async () => {
  await shootAll(product.gateway("seen", body), unitsNamed(100));
  const query = async (promql: string) => {
    const answer = await fetch(`${product.prometheusUrl}/api/v1/query?query=${encodeURIComponent(promql)}`);
    return ((await answer.json()) as { data: { result: { value: [number, string] }[] } }).data.result;
  };
  const total = await until(
    "router metrics scraped",
    async () => {
      const [found] = await query('sum(slipway_requests_total{endpoint="seen",role="live"})');
      return found !== undefined && Number(found.value[1]) >= 100 ? Number(found.value[1]) : undefined;
    },
    60_000,
  );
  expect(total).toBe(100);
  expect(await query('count(up{namespace="slipway-local"} == 1)')).not.toEqual([]);
  await until("metrics by REST", async () => {
    const metrics = await product.api.ok("GET", "/endpoints/seen/metrics");
    return JSON.stringify(metrics).includes("requestsPerSecond") ? true : undefined;
  });
});

// Debian builds Prometheus without this discovery and VictoriaMetrics with it: the same configuration, another reader.
test("our Prometheus configuration finds every pod by kubernetes_sd_configs alone", async () => {
  const { home, kubeconfig } = product;
  const file = path.join(home, "discovery.yml");
  writeFileSync(file, stringify(scrapeConfig({ home, kubeconfig }, "kubernetes")));
  const port = await freePort();
  const scraper = spawn("victoria-metrics", [
    `-promscrape.config=${file}`,
    `-storageDataPath=${path.join(home, "discovery")}`,
    `-httpListenAddr=127.0.0.1:${port}`,
  ]);
  try {
    const found = await until("pods scraped", async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/targets?state=active`);
      const { data } = (await answer.json()) as { data: { activeTargets: { health: string; labels: object }[] } };
      const up = data.activeTargets.filter((target) => target.health === "up");
      return up.length === 4 ? up.map((target) => target.labels) : undefined;
    });
    const model = {
      namespace: "slipway-local",
      endpoint: "seen",
      revision: "1",
      model: "team/credit risk",
      version: "1",
    };
    expect(
      found.filter((labels) => Object.entries(model).every(([k, v]) => Reflect.get(labels, k) === v)),
    ).toHaveLength(2);
    expect(found.filter((labels) => Reflect.get(labels, "component") === "router")).toHaveLength(2);
  } finally {
    const ended = new Promise((resolve) => scraper.once("exit", resolve));
    scraper.kill("SIGTERM");
    await ended;
  }
});
