import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { takeExclusive } from "#scripts/stack/exclusive.ts";
import { identify } from "#scripts/stack/process.ts";
import { TRAFFIC_PLACE } from "./place.ts";
import { randomFrom } from "./random.ts";
import { dayShare, waitMs } from "./rate.ts";
import { type ModelRecipe, RECIPES } from "./recipes.ts";

// A process of its own that asks the endpoints named in its arguments until it is stopped:
// traffic.ts <home> <endpoint>=<url> …
const [home = "", ...targets] = process.argv.slice(2);

const USERS = 2_000;
/** Requests per second at the busiest moment, all endpoints together: lively, and a laptop stays cool. */
const BUSIEST_PER_SECOND = 40;
const SHARE_OF_FIRST = 0.8;
const IN_FLIGHT_MAX = 64;
const REQUEST_MS = 10_000;
/** The product was stopped, or its endpoints were deleted. */
const SILENT_MAX_MS = 60_000;

const held = await takeExclusive(TRAFFIC_PLACE, home, () => JSON.stringify(identify(process.pid)));
if (held === undefined) process.exit(0);

const stopAsked = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopAsked.abort());

type Target = Readonly<{ recipe: ModelRecipe; path: string; pool: Pool }>;
const asked = targets.flatMap((argument): Target[] => {
  const [name = "", url = ""] = argument.split(/=(.*)/s);
  const recipe = RECIPES.find(({ endpoint }) => endpoint === name);
  if (recipe === undefined || !URL.canParse(url)) return [];
  const { origin, pathname } = new URL(url);
  const path = join(pathname, "v2/models", name, "infer");
  return [
    { recipe, path, pool: new Pool(origin, { connections: 16, headersTimeout: REQUEST_MS, bodyTimeout: REQUEST_MS }) },
  ];
});

const random = randomFrom(Date.now());
let inFlight = 0;
let lastAnsweredMs = performance.now();

/** A user asks about themselves: the same features, and by their id the same revision, each time. */
async function ask({ recipe, path, pool }: Target): Promise<void> {
  const user = Math.floor(random.next() * USERS);
  const about = recipe.featureNames === undefined ? random : randomFrom(user);
  inFlight += 1;
  try {
    const answer = await pool.request({
      method: "POST",
      path,
      headers: { "content-type": "application/json", "x-unit-id": `user-${String(user).padStart(4, "0")}` },
      body: JSON.stringify(recipe.request(about)),
    });
    await answer.body.dump();
    if (answer.statusCode !== 404) lastAnsweredMs = performance.now();
  } catch {
    // Users too come back later.
  } finally {
    inFlight -= 1;
  }
}

async function visit(target: Target, share: number): Promise<void> {
  while (!stopAsked.signal.aborted && performance.now() - lastAnsweredMs < SILENT_MAX_MS) {
    const perSecond = BUSIEST_PER_SECOND * share * dayShare(new Date());
    await sleep(waitMs(perSecond, random.next()), undefined, { signal: stopAsked.signal }).catch(() => undefined);
    if (inFlight < IN_FLIGHT_MAX && !stopAsked.signal.aborted) void ask(target);
  }
}

const shareOf = (index: number) =>
  asked.length === 1 ? 1 : index === 0 ? SHARE_OF_FIRST : (1 - SHARE_OF_FIRST) / (asked.length - 1);
await Promise.all(asked.map((target, index) => visit(target, shareOf(index))));
await Promise.all(asked.map(({ pool }) => pool.close()));
process.exit(0);
