/** A program of serving/ as the kubelet starts it: environment in, JSON log lines out. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");

export type LogLine = { level: string; msg: string } & Record<string, unknown>;
export type Program = ReturnType<typeof startProgram>;

export function startProgram(entry: string, env: Record<string, string>, args: string[] = []) {
  const child = spawn(process.execPath, [join(ROOT, entry), ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "", POD_IP: "127.0.0.1", PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const ended = once(child, "exit").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(JSON.parse(line) as LogLine);
    for (const look of waiting) look();
  });

  /** The `count`-th log line, past or to come, whose message is `message`. Rejects when the program ends without it. */
  async function logged(message: string, count = 1): Promise<LogLine> {
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
    const look = () => {
      const found = lines.filter(({ msg }) => msg === message)[count - 1];
      if (found !== undefined) resolve(found);
    };
    waiting.add(look);
    look();
    void ended.then((end) => reject(new Error(`${entry} ended ${JSON.stringify(end)}: ${JSON.stringify(lines)}`)));
    try {
      return await promise;
    } finally {
      waiting.delete(look);
    }
  }

  return {
    child,
    lines,
    ended,
    logged,
    /** Where it listens, once it does. */
    url: async () => `http://127.0.0.1:${(await logged("listening")).port}`,
    /** Resolves once it has ended. */
    async stop(signal: NodeJS.Signals = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}
