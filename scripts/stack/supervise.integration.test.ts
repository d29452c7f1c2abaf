import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort, isPortFree } from "#scripts/stack/ports.ts";
import {
  isRunning,
  type ProcessIdentity,
  sendSignal,
  startProgram,
  startReady,
  stopProcess,
  stopRecorded,
} from "#scripts/stack/process.ts";
import { supervise } from "#scripts/stack/supervise.ts";
import { processesIn } from "#test/support/local-node.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-supervise-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const program = (script: string) => ({
  command: process.execPath,
  args: ["-e", script],
  env: {},
  logFile: join(folder, "log"),
  record: { file: join(folder, "run", "thing.json"), survivorSignal: "SIGTERM" as const },
});

test("what dies is started again, and stop leaves nothing running", async () => {
  const started: ProcessIdentity[] = [];
  let startedTwice = () => {};
  const twice = new Promise<void>((resolve) => {
    startedTwice = resolve;
  });
  const said: string[] = [];
  const supervised = await supervise(
    {
      name: "thing",
      async start() {
        const one = await startProgram(program("setInterval(() => {}, 1e9)"));
        started.push(one.process);
        if (started.length === 2) startedTwice();
        return one;
      },
      stopSignal: "SIGTERM",
      stopGraceMs: 5_000,
    },
    (line) => said.push(line),
  );
  for (const one of started) sendSignal(one, "SIGKILL");
  await twice;
  await supervised.stop();
  expect(started).toHaveLength(2);
  expect(started.filter(isRunning)).toEqual([]);
  expect(said[0]).toMatch(/thing ended \(SIGKILL\)/);
});

test("a program that does not heed SIGTERM is killed when its grace is over", async () => {
  const deaf = `process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1e9)`;
  const heard = async () => readFileSync(join(folder, "log"), "utf8").includes("deaf");
  const start = () => startReady(program(deaf), heard, 10_000);
  const supervised = await supervise(
    { name: "thing", start, stopSignal: "SIGTERM", stopGraceMs: 200 },
    () => undefined,
  );
  await supervised.stop();
  expect(await stopRecorded(join(folder, "run"))).toEqual([]);
});

test("a program that ends before it is ready is an error with the end of its log", async () => {
  const start = startReady(program(`console.error("no such port"); process.exit(3)`), async () => false, 10_000);
  await expect(start).rejects.toThrow(/ended: code 3[\s\S]*no such port/);
});

test("what a killed run left is found by pid and start time, and ended", async () => {
  const left = await startProgram(program("setInterval(() => {}, 1e9)"));
  expect(await stopRecorded(join(folder, "run"))).toEqual(["thing"]);
  expect(isRunning(left.process)).toBe(false);
  expect(await stopRecorded(join(folder, "run"))).toEqual([]);
});

test("once a killed program counts as gone, its port is free", async () => {
  const port = await freePort();
  const serve = `require("net").createServer().listen(${port}, "127.0.0.1"); new (require("worker_threads").Worker)("for (;;);", { eval: true })`;
  for (let round = 0; round < 5; round += 1) {
    const { process } = await startReady(program(serve), async () => !(await isPortFree(port)), 10_000);
    await stopProcess(process, "SIGKILL", 5_000);
    expect(await isPortFree(port)).toBe(true);
  }
});

test("what cannot be recorded does not go on running: on a full disk nobody would find it again", async () => {
  writeFileSync(join(folder, "run"), "");
  const script = `setInterval(() => {}, 1e9) // ${folder}`;
  await expect(startProgram(program(script))).rejects.toThrow("EEXIST");
  const left = processesIn(folder);
  for (const pid of left) process.kill(pid, "SIGKILL");
  expect(left).toEqual([]);
});
