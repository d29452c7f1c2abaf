import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { loadStackConfig, type StackConfig } from "#scripts/stack/config.ts";
import { takeExclusive } from "#scripts/stack/exclusive.ts";
import { connect } from "./api.ts";
import { DEMO_PLACE } from "./place.ts";
import { checkNames, type Prepared, prepare, waitUntilApplied } from "./prepare.ts";
import { credentialsOf, runningProduct, startTraffic, stopDemo } from "./product.ts";
import { RECIPES } from "./recipes.ts";

const root = join(import.meta.dirname, "..");
const say = (line: string) => console.info(`  ${line}`);

/** The commit the models were trained by; undefined outside a repository. */
function gitCommit(): string | undefined {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

async function start(config: StackConfig): Promise<void> {
  const webUrl = await runningProduct(config, say);
  const { credentials, hint } = credentialsOf(config);
  const api = await connect(webUrl, credentials);
  const commit = gitCommit();
  const pause = () => sleep(250);
  const prepared: Prepared[] = [];
  try {
    // All of them first: half a demo would be in the way of the next attempt.
    await checkNames(api, RECIPES);
    for (const recipe of RECIPES) prepared.push(await prepare(api, recipe, commit, say, pause));
    say("waiting until every router serves them …");
    for (const one of prepared) await waitUntilApplied(api, one, pause);
  } finally {
    await api.close();
  }
  const targets = prepared.map(({ recipe, url }) => `${recipe.endpoint}=${url}`);
  const isNew = await startTraffic(config, targets);
  say(isNew ? "2,000 simulated users have begun to ask" : "2,000 simulated users ask already");
  const screens = prepared.map(
    ({ recipe, environment }) => `${recipe.endpoint.padEnd(12)} ${webUrl}/endpoints/${environment}/${recipe.endpoint}`,
  );
  const lines = [`overview     ${webUrl}`, ...screens, `sign in      ${hint}`, "stop         npm run demo -- --stop"];
  console.info(`The demo is running\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stop: { type: "boolean", default: false } } });
  const config = loadStackConfig(process.env, root);
  if (values.stop && !existsSync(config.home)) return say(`nothing runs on ${config.home}`);
  mkdirSync(config.home, { recursive: true });
  const held = await takeExclusive(DEMO_PLACE, config.home, () => String(process.pid));
  if (held === undefined) throw new Error("Another npm run demo is at work on this home; wait until it is done.");
  await (values.stop ? stopDemo(config.home, say) : start(config));
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
