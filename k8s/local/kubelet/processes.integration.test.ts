import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clearLeftovers } from "./leftovers.ts";
import { isAlive, launch, type Running, recall, signalGroup } from "./processes.ts";

let dir: string;
const started: Running[] = [];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "slipway-processes-"));
});
afterAll(async () => {
  for (const { identity } of started) signalGroup(identity.pid, "SIGKILL");
  await Promise.all(started.map(({ exited }) => exited));
  rmSync(dir, { recursive: true });
});

/** A program that says when its shell has left its mark. */
async function run(folder: string): Promise<Running> {
  const command = ["/bin/sh", "-c", "echo up; exec sleep 300"];
  const running = launch({ folder, command, env: { PATH: "/usr/bin:/bin" }, cwd: dir });
  started.push(running);
  await expect.poll(() => readFileSync(join(folder, "log"), "utf8")).toBe("up\n");
  return running;
}
const mark = (folder: string) => readFileSync(join(folder, "process"), "utf8");

test("a program of an earlier kubelet is taken for running, and its end is told", async () => {
  const folder = join(dir, "ours");
  const { identity } = await run(folder);
  const past = recall(folder);
  expect(past).toMatchObject({ kind: "running", run: { identity } });
  signalGroup(identity.pid, "SIGKILL");
  if (past.kind === "running") expect(await past.run.exited).toMatchObject({ exitCode: 137 });
  expect(recall(folder)).toMatchObject({ kind: "ended", exit: { exitCode: 137 } });
});

test("who has the pid of a program that ended, or of another boot, is nobody we know and hears no signal of ours", async () => {
  const pods = join(dir, "pods");
  const foreign = await run(join(dir, "foreign"));
  const ofForeign = mark(join(dir, "foreign"));
  const folders = ["recycled", "rebooted"].map((name) => join(pods, name, "containers", "model", "0"));
  for (const folder of folders) await run(folder);
  const [recycled = "", rebooted = ""] = folders;
  const startTicks = String(foreign.identity.startTicks);
  writeFileSync(join(recycled, "process"), ofForeign.replace(` ${startTicks} `, ` ${Number(startTicks) - 1} `));
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  writeFileSync(join(rebooted, "process"), ofForeign.replace(boot, boot.toUpperCase()));
  for (const folder of folders) expect(recall(folder)).toMatchObject({ kind: "ended", exit: { exitCode: 137 } });
  await clearLeftovers(pods, new Set());
  expect(isAlive(foreign.identity)).toBe(true);
});

test("a program that the next kubelet could not find is not started: the disk had no room for its mark", async () => {
  const folder = join(dir, "unmarked");
  mkdirSync(join(folder, "process"), { recursive: true });
  const running = launch({ folder, command: ["/bin/echo", "up"], env: { PATH: "/usr/bin:/bin" }, cwd: dir });
  expect(await running.exited).toMatchObject({ exitCode: 1 });
  expect(readFileSync(join(folder, "log"), "utf8")).not.toContain("up\n");
});
