import { join } from "node:path";
import { logFileOf } from "./config.ts";
import { type Env, type Started, startReady } from "./process.ts";

export type ControlPlaneOptions = Readonly<{ root: string; home: string; env: Env }>;
export type Address = Readonly<{ host: string; port: number }>;

/** An upload's chunks are garbage at once: with little room for young garbage, 1 GiB took 246 MB at most instead of 325. */
const FRUGAL = ["--max-semi-space-size=2"];

/** Resolves when web answers and its database has the schema it needs. */
export function startWeb({ root, home, env }: ControlPlaneOptions, { host, port }: Address): Promise<Started> {
  return startReady(
    {
      command: process.execPath,
      args: [...FRUGAL, join(root, "node_modules/next/dist/bin/next"), "start", "-H", host, "-p", String(port)],
      env: { MALLOC_ARENA_MAX: "2", ...env, PORT: String(port), NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      cwd: root,
      logFile: logFileOf(home, "web"),
      record: { file: join(home, "run", "web.json"), survivorSignal: "SIGTERM" },
    },
    () => answersOk(`http://127.0.0.1:${port}/api/readyz`),
    60_000,
  );
}

/** Resolves when it runs; `http://127.0.0.1:<port>/health/leading` says whether it acts. */
export function startWorker({ root, home, env }: ControlPlaneOptions, port: number): Promise<Started> {
  return startReady(
    {
      command: process.execPath,
      args: [join(root, "worker/main.ts")],
      env: { ...env, WORKER_PORT: String(port), NODE_ENV: "production" },
      cwd: root,
      logFile: logFileOf(home, "worker"),
      record: { file: join(home, "run", "worker.json"), survivorSignal: "SIGTERM" },
    },
    () => answersOk(`http://127.0.0.1:${port}/health/live`),
    30_000,
  );
}

/** False for whatever is not a 2xx answer. */
export const answersOk = async (url: string) =>
  (await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined))?.ok === true;
