import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "#scripts/stack/ports.ts";

const ROOT = join(import.meta.dirname, "../..");
const PORTS = ["PORT", "SLIPWAY_GATEWAY_PORT", "SLIPWAY_KUBE_PORT", "SLIPWAY_PROMETHEUS_PORT"] as const;

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "slipway-start-"));
  env = { ...process.env, SLIPWAY_HOME: home };
  for (const name of PORTS) env[name] = String(await freePort());
});
afterEach(() => rmSync(home, { recursive: true }));

type Run = { child: ChildProcess; output(): string; said(what: RegExp): Promise<void>; ended: Promise<number | null> };

function npmStart(): Run {
  const child = spawn("npm", ["start"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const listeners = new Set<() => void>();
  const read = (chunk: Buffer) => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = (what: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => what.test(output) && resolve();
      listeners.add(look);
      look();
      void ended.then((code) => reject(new Error(`ended with ${code} before it said ${what}:\n${output}`)));
    });
  return { child, output: () => output, said, ended };
}

/** Command lines of every process that names this home. */
const running = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").replaceAll("\0", " ") : "");
      try {
        const command = read(`/proc/${pid}/cmdline`);
        const ours = command.includes(home) || read(`/proc/${pid}/environ`).includes(home);
        return ours && command !== "" ? [command] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });

test("once it is ready a second start is refused, and SIGTERM to npm leaves nothing running", {
  timeout: 180_000,
}, async () => {
  const first = npmStart();
  await first.said(/Slipway is ready/);
  const second = npmStart();
  expect(await second.ended).not.toBe(0);
  expect(second.output()).toMatch(new RegExp(`already runs on ${home}: pid \\d+, ready, http://127.0.0.1:${env.PORT}`));
  first.child.kill("SIGTERM");
  await first.ended;
  expect(first.output()).toMatch(/stopped/);
  expect(running()).toEqual([]);
});

test("stopped while it is still starting, nothing of it runs on", { timeout: 180_000 }, async () => {
  const first = npmStart();
  await first.said(/(postgres|cluster) +up/);
  first.child.kill("SIGINT");
  await first.ended;
  expect(running()).toEqual([]);
});

test("a port that was asked for and is taken ends the start with a line that names it, and starts nothing", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(Number(env.PORT), "127.0.0.1", resolve));
  const start = npmStart();
  expect(await start.ended).not.toBe(0);
  server.close();
  expect(start.output()).toMatch(new RegExp(`PORT=${env.PORT} is taken by .*pid ${process.pid}`));
  expect(running()).toEqual([]);
});
