import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeWhole } from "#k8s/local/whole-file.ts";

/** A pid is reused, a pid with its start time (clock ticks since boot) is not. */
export type ProcessIdentity = Readonly<{ pid: number; startTicks: number }>;

/** Undefined when no such process runs; a zombie no longer runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks and parentheses of its own.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Its first thread may have ended while others still hold its sockets.
    const ended = fields[0] === "Z" || fields[0] === "X";
    if (ended && readdirSync(`/proc/${pid}/task`).length <= 1) return undefined;
    return { pid, startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

export const isRunning = (process: ProcessIdentity) => identify(process.pid)?.startTicks === process.startTicks;

/** False when it still runs after `timeoutMs`. Works for processes that are not our children, for which no event exists. */
export async function waitForExit(process: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isRunning(process)) {
    if (performance.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

/** Sends `signal`, and SIGKILL when that did not end it within `graceMs`. */
export async function stopProcess(process: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  sendSignal(process, signal);
  if (await waitForExit(process, graceMs)) return;
  sendSignal(process, "SIGKILL");
  await waitForExit(process, 5_000);
}

export function sendSignal(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** A program's whole environment; nothing of ours is added. */
export type Env = Readonly<Record<string, string | undefined>>;

export type Program = Readonly<{
  command: string;
  args: readonly string[];
  env: Env;
  logFile: string;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Where the next run finds it when this one is killed, and how that one shall end it. */
  record?: { file: string; survivorSignal: NodeJS.Signals };
}>;

export type Started = Readonly<{
  process: ProcessIdentity;
  /** Resolves with what ended it, such as `code 1` or `SIGKILL`. */
  exited: Promise<string>;
}>;

const LOG_BYTES_MAX = 32 * 1024 ** 2;

/**
 * Starts a program in a session of its own, so that Ctrl-C reaches only us and the order of stopping is ours. Its
 * output goes to a file and not to a pipe: it outlives us when we are killed. Throws when it cannot be started.
 */
export async function startProgram(program: Program): Promise<Started> {
  const log = openLog(program.logFile);
  const child = spawn(program.command, program.args, {
    cwd: program.cwd,
    env: program.env as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", log, log],
    ...(program.uid === undefined ? {} : { uid: program.uid, gid: program.gid }),
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new Error(`${program.command} cannot be started: ${error.message}`)));
  });
  const pid = child.pid ?? -1;
  const identity = identify(pid) ?? { pid, startTicks: -1 };
  try {
    if (program.record !== undefined) record(program.record, identity);
  } catch (error) {
    // On a full disk: nobody would find it again, and it holds the port of the next try.
    await stopProcess(identity, "SIGKILL", 0);
    throw error;
  }
  return { process: identity, exited };
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

type SurvivorRecord = ProcessIdentity & { survivorSignal: NodeJS.Signals };

function record({ file, survivorSignal }: NonNullable<Program["record"]>, identity: ProcessIdentity): void {
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, JSON.stringify({ ...identity, survivorSignal } satisfies SurvivorRecord));
}

/**
 * Ends the programs recorded in `folder` and answers their names: each as its record says when an earlier run left it,
 * or with `signal`.
 */
export async function stopRecorded(folder: string, signal?: NodeJS.Signals): Promise<string[]> {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  const stopped = await Promise.all(
    files.map(async (name) => {
      const survivor = JSON.parse(readFileSync(join(folder, name), "utf8")) as SurvivorRecord;
      if (!isRunning(survivor)) return [];
      await stopProcess(survivor, signal ?? survivor.survivorSignal, 20_000);
      return [name.replace(/\.json$/, "")];
    }),
  );
  return stopped.flat();
}

/**
 * Starts a program and asks `isReady` until it says yes. When it ends before, or `timeoutMs` pass, nothing is left
 * running and the Error holds the last lines of its log.
 */
export async function startReady(
  program: Program,
  isReady: () => Promise<boolean>,
  timeoutMs: number,
): Promise<Started> {
  const started = await startProgram(program);
  const deadline = performance.now() + timeoutMs;
  while (isRunning(started.process) && performance.now() < deadline) {
    if (await isReady()) return started;
    await sleep(25);
  }
  const what = isRunning(started.process)
    ? `is not ready after ${timeoutMs / 1000} s`
    : `ended: ${await started.exited}`;
  await stopProcess(started.process, "SIGTERM", 5_000);
  throw new Error(`${what}. Its log (${program.logFile}) ends with:\n${lastLines(program.logFile, 12)}`);
}

function lastLines(file: string, count: number): string {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.slice(-count).join("\n");
}
