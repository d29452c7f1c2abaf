import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A pid is reused, a pid with its start time (clock ticks since boot) is not. */
export type ProcessIdentity = Readonly<{ pid: number; startTicks: number }>;

/** Undefined when no such process runs; a zombie no longer runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks and parentheses of its own.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
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

export type Program = Readonly<{
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  cwd?: string;
  uid?: number;
  gid?: number;
}>;

export type Started = Readonly<{
  process: ProcessIdentity;
  /** Resolves with what ended it, such as `code 1` or `SIGKILL`. */
  exited: Promise<string>;
}>;

/**
 * Starts a program in a session of its own, so that Ctrl-C reaches only us and the order of stopping is ours. Its
 * output goes to a file and not to a pipe: it outlives us when we are killed. Throws when it cannot be started.
 */
export async function startProgram(program: Program): Promise<Started> {
  mkdirSync(dirname(program.logFile), { recursive: true });
  const log = openSync(program.logFile, "a", 0o600);
  const child = spawn(program.command, program.args, {
    cwd: program.cwd,
    env: program.env,
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
  return { process: identify(pid) ?? { pid, startTicks: -1 }, exited };
}
