import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");

export type RouterProcess = {
  url: string;
  child: ChildProcess;
  /** Resolves with the first log line, past or to come, whose message is `message`. */
  logged(message: string): Promise<void>;
  /** Ends it at once, as a container that crashed. */
  kill(): Promise<void>;
};

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `serving/router/main.ts` as the kubelet starts it. `env` says where its API and its state are. */
export async function startRouterProcess(env: Record<string, string>): Promise<RouterProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(ROOT, "serving/router/main.ts")], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "", POD_IP: "127.0.0.1", PORT: String(port), DRAIN_SERVE_MS: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const messages: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    messages.push((JSON.parse(line) as { msg: string }).msg);
    for (const look of waiting) look();
  });
  const logged = (message: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!messages.includes(message)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const died = once(child, "exit").then(([code]) => Promise.reject(new Error(`router ended with ${code}`)));
  died.catch(() => {});
  await Promise.race([logged("listening"), died]);
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    logged,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
