import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";

export type Held = Readonly<{ release(): void }>;

/**
 * Takes the one place that `purpose` has on an existing folder; undefined when somebody has it. It is a socket in
 * Linux' abstract namespace: taken atomically, and given back by the kernel however we end, so no stale lock file can
 * be left. `answer` is what others who ask are told.
 */
export function takeExclusive(purpose: string, folder: string, answer: () => string): Promise<Held | undefined> {
  return new Promise((resolve, reject) => {
    const sockets = new Set<Socket>();
    // Connections stay open, so that whoever asked learns when we end.
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
    server.listen({ path: nameOf(purpose, folder) }, () => {
      server.unref();
      resolve({ release });
    });
  });
}

/** What the holder answers; `gone` resolves when it has released or ended. Undefined: nobody has it. */
export function askHolder(
  purpose: string,
  folder: string,
): Promise<{ answer: string; gone: Promise<void> } | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: nameOf(purpose, folder) });
    const gone = new Promise<void>((end) => socket.once("close", () => end()));
    socket.once("error", () => resolve(undefined));
    socket.once("data", (data) => resolve({ answer: data.toString(), gone }));
    socket.once("close", () => resolve(undefined));
  });
}

/** Runs `work` when nobody else has the place, however long that takes. */
export async function alone<T>(purpose: string, folder: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const held = await takeExclusive(purpose, folder, () => String(process.pid));
    if (held === undefined) {
      await (await askHolder(purpose, folder))?.gone;
      continue;
    }
    try {
      return await work();
    } finally {
      held.release();
    }
  }
}

const nameOf = (purpose: string, folder: string) =>
  `\0slipway-${purpose}-${createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 32)}`;
