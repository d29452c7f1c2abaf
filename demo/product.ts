import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { logFileOf, type StackConfig } from "#scripts/stack/config.ts";
import { askHolder } from "#scripts/stack/exclusive.ts";
import { askInstance } from "#scripts/stack/instance.ts";
import {
  isRunning,
  type ProcessIdentity,
  type Started,
  startProgram,
  startReady,
  stopProcess,
} from "#scripts/stack/process.ts";
import { keptSecret } from "#scripts/stack/secrets.ts";
import type { Credentials } from "./api.ts";
import { TRAFFIC_PLACE } from "./place.ts";

type Say = (line: string) => void;

/** Written when the demo starts the product, so that `--stop` ends it; a product that people started is theirs. */
const recordOf = (home: string) => join(home, "demo", "product.json");
const STOP_GRACE_MS = 90_000;

/** The address of the product that runs on this home; starts it, as `npm start` does, when none does. */
export async function runningProduct(config: StackConfig, say: Say): Promise<string> {
  let ended: string | undefined;
  let waiting = false;
  for (;;) {
    const instance = await askInstance(config.home);
    if (instance?.state.state === "ready" && instance.state.url !== undefined) return instance.state.url;
    if (ended !== undefined)
      throw new Error(`Slipway did not start (${ended}). Its log, ${logFileOf(config.home, "start")}, says why.`);
    if (instance === undefined && !waiting) {
      say("starting Slipway, the first time with a build …");
      const { exited } = await startInBackground(config);
      void exited.then((what) => {
        ended = what;
      });
    }
    waiting = true;
    await sleep(100);
  }
}

function startInBackground({ root, home, admin }: StackConfig): Promise<Started> {
  // Made beforehand, so that the start finds it and writes it into no log.
  if (admin.password === undefined) keptSecret(home, "admin-password", 12);
  mkdirSync(join(home, "demo"), { recursive: true });
  return startProgram({
    command: process.execPath,
    args: [join(root, "scripts/start.mjs")],
    cwd: root,
    env: process.env,
    logFile: logFileOf(home, "start"),
    record: { file: recordOf(home), survivorSignal: "SIGTERM" },
  });
}

/** What to speak to web with; `hint` tells people how to sign in, and no secret. */
export function credentialsOf({ home, admin }: StackConfig): { credentials: Credentials; hint: string } {
  const token = process.env.SLIPWAY_ADMIN_TOKEN;
  const file = join(home, "admin-password");
  const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  const password = admin.password ?? kept;
  const where = admin.password === undefined ? `password in ${file}` : "password in SLIPWAY_ADMIN_PASSWORD";
  const hint = `${admin.email}, ${where}`;
  if (token !== undefined && token !== "") return { credentials: { token }, hint };
  if (password !== undefined) return { credentials: { email: admin.email, password }, hint };
  throw new Error(
    `No password is kept in ${home}. Set SLIPWAY_ADMIN_TOKEN or SLIPWAY_ADMIN_PASSWORD as the product has it.`,
  );
}

/** Sends traffic from a process of its own unless one does already; false: one did. */
export async function startTraffic({ root, home }: StackConfig, targets: readonly string[]): Promise<boolean> {
  if ((await trafficProcess(home)) !== undefined) return false;
  // It speaks to the gateway only, which asks for nothing.
  const { SLIPWAY_ADMIN_TOKEN: _, SLIPWAY_ADMIN_PASSWORD: __, SLIPWAY_SECRET_KEY: ___, ...env } = process.env;
  const program = {
    command: process.execPath,
    args: [join(root, "demo/traffic.ts"), home, ...targets],
    env,
    logFile: logFileOf(home, "demo"),
  };
  await startReady(program, async () => (await trafficProcess(home)) !== undefined, 20_000);
  return true;
}

async function trafficProcess(home: string): Promise<ProcessIdentity | undefined> {
  const holder = await askHolder(TRAFFIC_PLACE, home);
  return holder && (JSON.parse(holder.answer) as ProcessIdentity);
}

/** Ends the traffic, and the product if the demo started it. */
export async function stopDemo(home: string, say: Say): Promise<void> {
  const traffic = await trafficProcess(home);
  if (traffic !== undefined) await stopProcess(traffic, "SIGTERM", 15_000);
  say(traffic === undefined ? "there was no traffic to stop" : "traffic stopped");
  const record = recordOf(home);
  if (!existsSync(record)) return;
  const product = JSON.parse(readFileSync(record, "utf8")) as ProcessIdentity;
  if (isRunning(product)) {
    say("stopping Slipway, which the demo had started …");
    await stopProcess(product, "SIGTERM", STOP_GRACE_MS);
    say("Slipway stopped; its state stays, and npm run demo takes it up again");
  }
  rmSync(record);
}
