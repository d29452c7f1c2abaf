import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, connectApi } from "../support/api.ts";
import { freePort } from "../support/ports.ts";
import { until } from "../support/until.ts";

const ROOT = join(import.meta.dirname, "../..");
const TOKEN = "demo-journey-token-0123456789abcdef";

let home: string;
let env: NodeJS.ProcessEnv;
let api: Api;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "slipway-demo-"));
  env = { ...process.env, SLIPWAY_HOME: home };
  for (const name of ["PORT", "SLIPWAY_GATEWAY_PORT", "SLIPWAY_KUBE_PORT", "SLIPWAY_PROMETHEUS_PORT"])
    env[name] = String(await freePort());
  // The product knows the token; the demo below finds its own way in.
  env.SLIPWAY_ADMIN_TOKEN = TOKEN;
  api = connectApi(`http://127.0.0.1:${env.PORT}`, TOKEN);
});
afterAll(async () => {
  await demo("--stop").ended;
  rmSync(home, { recursive: true, force: true });
});

/** `npm run demo` as a newcomer runs it. */
function demo(...args: string[]) {
  const child = spawn("node", ["scripts/demo.mjs", ...args], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, output })),
  );
  return { child, ended };
}

/** Command lines of whatever runs from this home. */
const running = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").replaceAll("\0", " ") : "");
      try {
        const command = read(`/proc/${pid}/cmdline`);
        const ours = command.includes(home) || read(`/proc/${pid}/environ`).includes(home);
        return ours && command !== "" ? [{ pid: Number(pid), command }] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });

/** What a run that duplicates something would change. */
async function whatIsThere() {
  const count = async (path: string) => (await api.ok("GET", path)).items.length as number;
  const endpoint = async (name: string) => {
    const { plan, revisions } = await api.ok("GET", `/endpoints/${name}`);
    return { plan: plan.number, entries: plan.entries, revisions: revisions.length };
  };
  return {
    models: await count("/models"),
    credit: await count("/models/credit-risk/versions"),
    digits: await count("/models/digits/versions"),
    endpoints: await count("/endpoints"),
    creditScore: await endpoint("credit-score"),
    digitsEndpoint: await endpoint("digits"),
    traffic: running().filter(({ command }) => command.includes("demo/traffic.ts")).length,
  };
}

describe.sequential("npm run demo", () => {
  it("cut short by kill -9, leaves what the next run takes up", async () => {
    const cut = demo();
    await until(
      "its first version",
      async () => (await api.ok("GET", "/models/credit-risk/versions")).items[0],
      240_000,
    );
    cut.child.kill("SIGKILL");
    for (const { pid, command } of running()) if (command.includes("demo/main.ts")) process.kill(pid, "SIGKILL");
    await cut.ended;
  });

  it("whose endpoint's name is taken says so before it changes anything", async () => {
    await api.ok("POST", "/endpoints", { name: "digits", environment: "local" });
    await api.deploy("digits", "credit-risk", "1");
    const { code, output } = await demo().ended;
    expect(output).toContain("an endpoint named digits that this demo did not make, so it changes nothing");
    expect(code).toBe(1);
    expect((await api.ok("GET", "/models")).items).toHaveLength(1);
    expect((await api.ok("GET", "/endpoints")).items).toHaveLength(1);
    await api.ok("DELETE", "/endpoints/digits");
    await until(
      "its name is free",
      async () => (await api.call("GET", "/endpoints/digits")).status === 404 || undefined,
    );
  });

  it("starts the product, and a newcomer sees two endpoints with traffic, and which version is better", async () => {
    const { code, output } = await demo().ended;
    expect(output).toMatch(/The demo is running/);
    expect(code).toBe(0);
    // Where to look and how to sign in, and no secret.
    expect(output).toContain(`http://127.0.0.1:${env.PORT}/endpoints/local/credit-score`);
    expect(output).not.toContain(readFileSync(join(home, "admin-password"), "utf8").trim());
    expect(output).not.toContain(TOKEN);
    const { items } = await api.ok("GET", "/models/credit-risk/versions");
    const [network, logistic] = items;
    expect(network.metrics.auc).toBeGreaterThan(logistic.metrics.auc);
    const rates = await until(
      "requests of both versions in the charts",
      async () => {
        const { revisions } = await api.ok("GET", "/endpoints/credit-score/metrics");
        const last = revisions.map((series: { requestsPerSecond: (number | null)[] }) =>
          series.requestsPerSecond.findLast((value) => value !== null),
        );
        return last.length === 2 && last.every((rate: number | undefined) => (rate ?? 0) > 0) ? last : undefined;
      },
      90_000,
    );
    expect(Math.max(...rates)).toBeLessThan(60);
  });

  it("run again, duplicates nothing", async () => {
    const before = await whatIsThere();
    expect(before).toMatchObject({ models: 2, credit: 2, digits: 1, endpoints: 2, traffic: 1 });
    expect(before.creditScore.entries).toMatchObject([
      { version: "1", weightPercent: 90 },
      { version: "2", weightPercent: 10 },
    ]);
    expect((await demo().ended).code).toBe(0);
    expect(await whatIsThere()).toEqual(before);
  });

  it("--stop ends traffic and the product it started, and leaves no process", async () => {
    const { code, output } = await demo("--stop").ended;
    expect(output).toMatch(/traffic stopped/);
    expect(code).toBe(0);
    expect(running()).toEqual([]);
  });

  it("signs in with the kept password where there is no token, and traffic resumes", async () => {
    delete env.SLIPWAY_ADMIN_TOKEN;
    const { code, output } = await demo().ended;
    expect(output).toMatch(/have begun to ask/);
    expect(code).toBe(0);
    expect((await demo("--stop").ended).code).toBe(0);
    expect(running()).toEqual([]);
  });
});
