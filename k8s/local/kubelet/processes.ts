import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A process that may outlive us: the pid alone could by then belong to another. Times are clock ticks since boot. */
export type Identity = { pid: number; startTicks: number };

export type Running = {
  identity: Identity;
  startedAtMs: number;
  /** Resolves once the whole process group is gone; 128 + signal number for a killed one. */
  exited: Promise<Exit>;
};
export type Exit = { exitCode: number; finishedAtMs: number };

export type LaunchInput = {
  /** Folder of this run: holds `process`, `exit` and `log`. Made here. */
  folder: string;
  command: readonly string[];
  env: Record<string, string>;
  cwd: string;
};

const ADOPTED_POLL_MS = 100;
const LEFTOVER_POLL_MS = 10;
const SIGKILL_EXIT = 137;
const SIGNALS: Partial<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 };

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/**
 * A shell stands between us and the program: it notes who it is before the program starts and the exit code after it
 * ended, so that both are known to whoever comes after us; what it cannot note, on a full disk, it does not start, for the
 * next kubelet would start it once more. It ignores what stops the program, which gets it by group.
 */
const SHIM = `trap : TERM INT HUP QUIT
read -r boot <${BOOT_ID}; read -r line </proc/$$/stat && echo "$line $boot" >"$1" || exit 1
result=$2; shift 2
"$@"
echo $? >"$result"`;

type Stat = { state: string; group: number; startTicks: number };

/** Fields after the command name, which may itself hold spaces and parentheses. */
const parseStat = (text: string): (Stat & { pid: number }) | undefined => {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [pid, state, group, startTicks] = [Number.parseInt(text, 10), fields[0], Number(fields[2]), Number(fields[19])];
  return state !== undefined && startTicks > 0 ? { pid, state, group, startTicks } : undefined;
};

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

const statOf = (pid: number): Stat | undefined => {
  const text = readText(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
};

export const isAlive = ({ pid, startTicks }: Identity): boolean => {
  const stat = statOf(pid);
  return stat !== undefined && stat.startTicks === startTicks && stat.state !== "Z" && stat.state !== "X";
};

export const ownIdentity = (): Identity => ({ pid: process.pid, startTicks: statOf(process.pid)?.startTicks ?? 0 });

/** Signals a program and all it started. False when none is left. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
};

const readExit = (folder: string): Exit | undefined => {
  const path = join(folder, "exit");
  const code = Number.parseInt(readText(path) ?? "", 10);
  return Number.isNaN(code) ? undefined : { exitCode: code, finishedAtMs: statSync(path).mtimeMs };
};

const isGroupAlive = (group: number): boolean =>
  readdirSync("/proc").some((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    return stat?.group === group && stat.state !== "Z" && stat.state !== "X";
  });

/** Leftovers of the group go with their leader, as they would with a container: the next run needs their address. */
const settle = async (folder: string, pid: number, code: number): Promise<Exit> => {
  if (signalGroup(pid, "SIGKILL")) while (isGroupAlive(pid)) await delay(LEFTOVER_POLL_MS);
  return readExit(folder) ?? { exitCode: code, finishedAtMs: Date.now() };
};

const childExit = async (child: ChildProcess, pid: number, folder: string): Promise<Exit> => {
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return settle(folder, pid, code ?? 128 + (SIGNALS[signal ?? ""] ?? 9));
};

/** Starts a program in a session of its own, output appended to `log`. Throws when the shell cannot be started. */
export const launch = ({ folder, command, env, cwd }: LaunchInput): Running => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = openSync(join(folder, "log"), "a", 0o600);
  const child = spawn("/bin/sh", ["-c", SHIM, "sh", join(folder, "process"), join(folder, "exit"), ...command], {
    cwd,
    env: env as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const pid = child.pid;
  if (pid === undefined) {
    child.once("error", () => undefined);
    throw new Error(`cannot start ${command[0]} in ${cwd}`);
  }
  child.unref();
  const identity = { pid, startTicks: statOf(pid)?.startTicks ?? 0 };
  return { identity, startedAtMs: Date.now(), exited: childExit(child, pid, folder) };
};

export type Past =
  | { kind: "none" }
  | { kind: "running"; run: Running }
  | { kind: "ended"; exit: Exit; startedAtMs: number };

const pollExit = async (identity: Identity, folder: string): Promise<Exit> => {
  while (isAlive(identity)) await delay(ADOPTED_POLL_MS, undefined, { ref: false });
  return settle(folder, identity.pid, SIGKILL_EXIT);
};

/** What became of the run that left its marks in `folder`, started by us or by a process before us. */
export const recall = (folder: string): Past => {
  const path = join(folder, "process");
  const mark = readText(path) ?? "";
  const stat = parseStat(mark);
  if (stat === undefined) return { kind: "none" };
  const startedAtMs = statSync(path).mtimeMs;
  const identity = { pid: stat.pid, startTicks: stat.startTicks };
  // Pids and start times of another boot mean nothing.
  const sameBoot = mark.trimEnd().endsWith(readFileSync(BOOT_ID, "utf8").trim());
  if (sameBoot && isAlive(identity))
    return { kind: "running", run: { identity, startedAtMs, exited: pollExit(identity, folder) } };
  const exit = readExit(folder) ?? { exitCode: SIGKILL_EXIT, finishedAtMs: startedAtMs };
  return { kind: "ended", exit, startedAtMs };
};

/** SIGTERM, then SIGKILL after the grace period. Resolves when the group is gone. */
export const stop = async ({ identity, exited }: Running, graceMs: number): Promise<Exit> => {
  const timer = setTimeout(() => signalGroup(identity.pid, "SIGKILL"), graceMs);
  signalGroup(identity.pid, "SIGTERM");
  // A stopped process takes no SIGTERM.
  signalGroup(identity.pid, "SIGCONT");
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
};
