import { execFileSync } from "node:child_process";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { CHROMIUM } from "../support/chromium.ts";
import { steadyLoad, unitsNamed } from "../support/load.ts";
import { type Component, type Product, startProduct } from "../support/product.ts";
import { until } from "../support/until.ts";

const PASSWORD = "parts-away-password-0123";
const body = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [3] }] };
let product: Product;
let browser: Browser;
let page: Page;
let load: ReturnType<typeof steadyLoad>;

beforeAll(async () => {
  product = await startProduct({ env: { SLIPWAY_ADMIN_PASSWORD: PASSWORD, WORKER_HEALTH_MS: "500" } });
  const { api, webUrl } = product;
  // How slow a busy machine answers is not what this is about.
  await api.ok("POST", "/endpoints", {
    name: "watched",
    environment: "local",
    healthTargets: { latencyMsP99Max: 60_000 },
  });
  for (const factor of [1, 2]) {
    await api.register("scaler", aScalingModel(factor));
    await api.deploy("watched", "scaler", String(factor));
    await api.applied("watched");
  }
  load = steadyLoad(product.gateway("watched", body), 10, unitsNamed(50));
  browser = await chromium.launch(CHROMIUM);
  page = await browser.newPage();
  const data = { email: "admin@slipway.local", password: PASSWORD, remember: true };
  await page.request.post(`${webUrl}/api/auth/sign-in`, { data, headers: { origin: webUrl } });
  await page.goto(`${webUrl}/endpoints/local/watched`);
  await until("an endpoint that is seen to be healthy", async () => (/Healthy/.test(await shown()) ? true : undefined));
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await product?.dispose();
});

const shown = () => page.locator("main").innerText();
/** Waits until the page has these words, or has them no more; what it had instead is told when it never does. */
const becomes = (what: string, isSo: (text: string) => boolean, timeoutMs?: number) =>
  until(
    what,
    async () => {
      const text = await shown();
      if (isSo(text)) return true;
      throw new Error(`the page says:\n${text.slice(0, 1_000)}`);
    },
    timeoutMs,
  );
const says = (words: RegExp) => becomes(String(words), (text) => words.test(text));
const saysNoMore = (words: RegExp) => becomes(`no ${words}`, (text) => !words.test(text), 120_000);

/** Silences a part as a lost network would, and lets it speak again whatever happens meanwhile. */
async function without(part: Component, look: () => Promise<void>): Promise<void> {
  const pids = product.pidsOf(part);
  expect(pids).not.toEqual([]);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  // Postgres answers by a process per connection, whose name tells nothing of its home.
  const children = part === "postgres" ? childrenOf(pids) : [];
  for (const pid of children) process.kill(pid, "SIGSTOP");
  try {
    await look();
  } finally {
    for (const pid of [...children, ...pids]) process.kill(pid, "SIGCONT");
  }
}

const childrenOf = (pids: readonly number[]): number[] =>
  execFileSync("ps", ["-o", "pid=", "--ppid", pids.join(",")], { encoding: "utf8" })
    .trim()
    .split(/\s+/)
    .map(Number);

const predictionsGoOn = async () => {
  const sent = load.sent();
  await until("more predictions", async () => (load.sent() > sent + 20 ? true : undefined));
};

test("without Prometheus the page says since when it is blind, shows gaps and no zeros, and all else works", async () => {
  const { api } = product;
  await until("requests to be measured", async () => {
    const row = await page.getByRole("row", { name: /v1 · r1/ }).innerText();
    return /[1-9][\d.]*\/s/.test(row) ? true : undefined;
  });
  await without("prometheus", async () => {
    await says(/No metrics since \d\d:\d\d/);
    await says(/Unknown: 1 of 1 pod ready, but Prometheus does not answer since \d\d:\d\d/);
    const row = await page.getByRole("row", { name: /v1 · r1/ }).innerText();
    expect(row).toContain("–");
    expect(row).not.toContain("0/s");
    await api.traffic("watched", [
      { revision: 1, weightPercent: 50 },
      { revision: 2, weightPercent: 50 },
    ]);
    await api.applied("watched");
    await says(/v2\s+50 %/);
    await predictionsGoOn();
  });
  await saysNoMore(/No metrics/);
  await says(/Healthy: 2 of 2 pods ready/);
  const { revisions } = await api.ok("GET", "/endpoints/watched/metrics");
  const rates: (number | null)[] = revisions[0].requestsPerSecond;
  // Before the load began there was nothing to count.
  expect(rates.slice(rates.findIndex((value) => (value ?? 0) > 0))).not.toContain(0);
});

test("without the worker every page says since when it is old, and is live again after it", async () => {
  await without("worker", async () => {
    await says(/Stale since \d\d:\d\d: the worker does not see a cluster/);
    // Whatever it was a moment before: metrics were away until just now.
    await says(/Unknown: (it was Healthy, but )?the worker does not see the cluster since \d\d:\d\d/);
    await predictionsGoOn();
  });
  await saysNoMore(/Stale since/);
  await says(/Healthy: 2 of 2 pods ready/);
});

test("without its cluster's API an endpoint is Unknown since then, while its pods go on answering", async () => {
  await without("cluster", async () => {
    await says(/Unknown: its cluster does not answer since \d\d:\d\d/);
    await says(/Stale since \d\d:\d\d/);
    await predictionsGoOn();
  });
  await saysNoMore(/Stale since/);
});

test("without its database an open page says since when it is old, and predictions go on", async () => {
  await without("postgres", async () => {
    await says(/Stale since \d\d:\d\d: Slipway's web server or its database does not answer/);
    await predictionsGoOn();
  });
  await saysNoMore(/Stale since/);
});

test("not one prediction failed meanwhile", async () => {
  const shots = await load.stop();
  expect(shots.filter(({ status }) => status !== 200)).toEqual([]);
});
