import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

export type WorkerProcess = Readonly<{
  child: ChildProcess;
  /** Lines of its log. */
  lines: readonly { msg: string; [field: string]: unknown }[];
  /** Resolves with the first line, past or to come, that has this message. */
  logged(msg: string): Promise<void>;
  /** Of its port for metrics and health. */
  ask(path: string): Promise<Response>;
  /** Sum of a counter of its `/metrics`, over the labels that are given. */
  metric(name: string, labels?: Record<string, string>): Promise<number>;
  /** Resolves with the signal or the code that ended it. */
  exited: Promise<NodeJS.Signals | number | null>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}>;

/** A worker as it is installed, with nothing but this environment. */
export function spawnWorker(env: Record<string, string>): WorkerProcess {
  const child = spawn(process.execPath, [join(ROOT, "worker/main.ts")], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: { msg: string }[] = [];
  const waiting = new Set<() => void>();
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) lines.push(JSON.parse(line) as { msg: string });
    for (const look of waiting) look();
  });
  const exited = once(child, "exit").then(([code, signal]) => signal ?? code);
  const logged = (msg: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!lines.some((line) => line.msg === msg)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const ask = async (path: string) => {
    await logged("listening");
    const line = lines.find(({ msg }) => msg === "listening") as { port?: number } | undefined;
    return fetch(`http://127.0.0.1:${line?.port}${path}`);
  };
  return {
    child,
    lines,
    exited,
    logged,
    ask,
    async metric(name, labels = {}) {
      const text = await (await ask("/metrics")).text();
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      return text
        .split("\n")
        .filter((row) => row.startsWith(`${name}{`) || row.startsWith(`${name} `))
        .filter((row) => wanted.every((part) => row.includes(part)))
        .reduce((sum, row) => sum + Number(row.split(" ").at(-1)), 0);
    },
    async kill(signal = "SIGKILL") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}
