import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";

/** What a running installation says of itself. */
export type InstanceState = { pid: number; home: string; state: "starting" | "ready" | "stopping"; url?: string };

export type Instance = Readonly<{ update(change: Partial<InstanceState>): void; release(): void }>;

/**
 * Takes the one place that runs on `home`, an existing folder. It is a socket in Linux' abstract namespace: taken
 * atomically, and given back by the kernel however we end, so no stale lock file can be left. Waits for an instance
 * that is stopping; throws an Error that says who runs it otherwise.
 */
export async function takeInstance(home: string, onWait: (holder: InstanceState) => void): Promise<Instance> {
  const state: InstanceState = { pid: process.pid, home, state: "starting" };
  for (;;) {
    const server = await listen(nameOf(home), () => JSON.stringify(state));
    if (server !== undefined) {
      return { update: (change) => Object.assign(state, change), release: server.release };
    }
    const holder = await askInstance(home);
    if (holder === undefined) continue;
    if (holder.state.state !== "stopping") throw new Error(describe(holder.state));
    onWait(holder.state);
    await holder.gone;
  }
}

const describe = ({ home, pid, state, url }: InstanceState) =>
  `Slipway already runs on ${home}: pid ${pid}, ${state}${url === undefined ? "" : `, ${url}`}. ` +
  "Stop it with Ctrl-C there, or set SLIPWAY_HOME to start another.";

/** Who runs on `home` now; `gone` resolves when it has ended. Undefined: nobody. */
export function askInstance(home: string): Promise<{ state: InstanceState; gone: Promise<void> } | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: nameOf(home) });
    const gone = new Promise<void>((end) => socket.once("close", () => end()));
    socket.once("error", () => resolve(undefined));
    socket.once("data", (data) => resolve({ state: JSON.parse(data.toString()) as InstanceState, gone }));
    socket.once("close", () => resolve(undefined));
  });
}

const nameOf = (home: string) =>
  `\0slipway-${createHash("sha256").update(realpathSync(home)).digest("hex").slice(0, 32)}`;

/** Undefined when the name is taken. Connections stay open, so that whoever asked learns when we end. */
function listen(path: string, answer: () => string): Promise<{ release(): void } | undefined> {
  return new Promise((resolve, reject) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.unref());
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
      socket.write(answer());
    });
    const release = () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen({ path }, () => {
      server.unref();
      resolve({ release });
    });
  });
}
