import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askInstance, takeInstance } from "#scripts/stack/instance.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-instance-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const never = () => {
  throw new Error("nobody is stopping");
};

/** Another process that holds `home` until it is killed. */
async function holder(): Promise<ChildProcess> {
  const program = `import { takeInstance } from "#scripts/stack/instance.ts";
    await takeInstance(${JSON.stringify(home)}, () => {}); console.log("held"); setInterval(() => {}, 1e9);`;
  const child = spawn("node", ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return child;
}

test("a second start on the same folder is told who runs it", async () => {
  const child = await holder();
  await expect(takeInstance(home, never)).rejects.toThrow(new RegExp(`already runs on ${home}: pid ${child.pid}`));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
});

test("kill -9 of the holder frees the folder at once", async () => {
  const child = await holder();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  const instance = await takeInstance(home, never);
  instance.release();
});

test("a start waits for one that is stopping and then takes its place", async () => {
  const first = await takeInstance(home, never);
  first.update({ state: "stopping" });
  const waited: number[] = [];
  const second = takeInstance(home, ({ pid }) => {
    waited.push(pid);
    first.release();
  });
  (await second).release();
  expect(waited).toEqual([process.pid]);
  expect(await askInstance(home)).toBeUndefined();
});
