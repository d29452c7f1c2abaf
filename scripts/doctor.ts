import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { SystemCheck } from "#domain/system/schema.ts";
import { artifactFolder } from "#server/adapters/artifacts/folder.ts";
import { prometheusMetrics } from "#server/adapters/prometheus/metrics.ts";
import { loadConfig } from "#server/config/env.ts";
import { release } from "#server/config/release.ts";
import { openDatabase } from "#server/db/client.ts";
import { diagnose } from "#server/services/system/diagnose.ts";
import { connectionsFileOf } from "./stack/config.ts";

// Looks at everything that this installation needs, without web and worker, and changes nothing. Exits with 1 when a
// check failed. DATABASE_URL and PROMETHEUS_URL lead to an installation elsewhere; without them it is the one that
// `npm start` last ran on SLIPWAY_HOME.
const ROOT = join(import.meta.dirname, "..");
const MARKS = { ok: "ok     ", warning: "warning", failed: "FAILED " } as const;

const { DATABASE_URL, PROMETHEUS_URL, PROMETHEUS_AUTHORIZATION, ...rest } = process.env;
const prometheus = { PROMETHEUS_URL, PROMETHEUS_AUTHORIZATION };
const home = resolve(ROOT, (process.env.SLIPWAY_HOME || ".slipway").replace(/^~(?=\/|$)/, homedir()));
const file = connectionsFileOf(home);
if (!DATABASE_URL && !existsSync(file)) {
  console.error(`FAILED  Nothing was started on ${home} yet: npm start, or set DATABASE_URL to look elsewhere.`);
  process.exit(1);
}
const connections = DATABASE_URL
  ? { DATABASE_URL, ...prometheus }
  : { ...(JSON.parse(readFileSync(file, "utf8")) as object), ...(PROMETHEUS_URL ? prometheus : {}) };
const config = loadConfig({
  // Nothing is decrypted here.
  SLIPWAY_SECRET_KEY: "not needed to look around",
  ...rest,
  ...connections,
  SLIPWAY_HOME: home,
  SLIPWAY_ROOT: ROOT,
});
const db = openDatabase(config.databaseUrl, { connectionsMax: 4 });
const checks = await diagnose(
  {
    db,
    metrics: prometheusMetrics(config.prometheus, () => new Date()),
    artifacts: artifactFolder(config.artifactDir),
    migrationsDir: config.migrationsDir,
    webhook: config.webhook !== null,
  },
  AbortSignal.timeout(10_000),
);
console.info(`Slipway ${release} on Node ${process.versions.node}`);
for (const check of checks) console.info(linesOf(check));
const count = (state: SystemCheck["state"]) => checks.filter((check) => check.state === state).length;
console.info(`${count("ok")} ok, ${count("warning")} to look at, ${count("failed")} failed`);
// A check that hangs holds its connection.
process.exit(count("failed") > 0 ? 1 : 0);

function linesOf({ name, state, sentence, fix }: SystemCheck): string {
  const line = `${MARKS[state]}  ${name}: ${sentence}`;
  return fix === null ? line : `${line}\n         → ${fix}`;
}
