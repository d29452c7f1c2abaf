import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";

export const isPortFree = (port: number, host = "127.0.0.1") =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });

/** A free port outside the range from which clients' sockets take theirs. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    if (await isPortFree(port, host)) return port;
  }
}

export type PortWish = Readonly<{ variable: string; port: number; explicit: boolean }>;

/**
 * Answers a port for each wish, none twice. A taken default moves to the next free one; `say` hears of it. A port held
 * by a process that `isOurs` counts as free: what a killed run left hands it over, or keeps it for us.
 * Throws an Error that names the variable and the holder when the user asked for that very port.
 */
export async function choosePorts(
  wishes: readonly PortWish[],
  say: (line: string) => void,
  isOurs: (commandLine: string) => boolean = () => false,
): Promise<number[]> {
  const given = new Set<number>();
  const chosen: number[] = [];
  const wanted = new Set(wishes.map(({ port }) => port));
  for (const { variable, port, explicit } of wishes) {
    const holder = given.has(port) ? "another of Slipway's own ports" : await strangerOn(port, isOurs);
    let candidate = port;
    if (holder !== undefined) {
      if (explicit)
        throw new Error(`${variable}=${port} is taken by ${holder}. Free it, or set ${variable} to another.`);
      do candidate += 1;
      while (wanted.has(candidate) || given.has(candidate) || !(await isPortFree(candidate)));
      say(`port ${port} is taken by ${holder}; using ${candidate} (set ${variable} to choose)`);
    }
    given.add(candidate);
    chosen.push(candidate);
  }
  return chosen;
}

/** Who else has a port, for a message: `node server.js (pid 12)`. */
async function strangerOn(port: number, isOurs: (commandLine: string) => boolean): Promise<string | undefined> {
  if (await isPortFree(port)) return undefined;
  const listener = listenerOn(port);
  if (listener === undefined) return "a process of another user";
  return isOurs(listener.commandLine) ? undefined : `${listener.commandLine.slice(0, 80)} (pid ${listener.pid})`;
}

function listenerOn(port: number): { pid: number; commandLine: string } | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => listeningInodes(file, port)));
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => socketsOf(candidate).some((inode) => inodes.has(inode)));
  return pid === undefined ? undefined : { pid: Number(pid), commandLine: commandLineOf(pid) };
}

function listeningInodes(file: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  return orEmpty(() => readFileSync(file, "utf8").split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hexPort}`) && state === "0A")
    .flatMap((fields) => fields[9] ?? []);
}

const socketsOf = (pid: string) =>
  orEmpty(() => readdirSync(`/proc/${pid}/fd`)).flatMap((fd) =>
    orEmpty(() => [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? ""]),
  );

const commandLineOf = (pid: string) =>
  orEmpty(() => [readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim()])[0] || "a process";

// Processes come and go while we look, and those of other users are closed to us.
function orEmpty<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch {
    return [];
  }
}
