import type { z } from "zod";
import { endpointViewSchema, type plansViewSchema } from "#domain/endpoint/schema.ts";
import { modelViewSchema } from "#domain/model/schema.ts";
import { type Api, refusalIn } from "./api.ts";
import { exampleOf, type ModelRecipe, type VersionRecipe } from "./recipes.ts";

type Endpoint = z.infer<typeof endpointViewSchema>;
type Model = z.infer<typeof modelViewSchema>;
type Say = (line: string) => void;

export type Prepared = Readonly<{ recipe: ModelRecipe; environment: string; url: string }>;

/** Among the tags of what the demo made: nothing else is touched. */
const DEMO_TAG = "demo";
const CANDIDATE_PERCENT = 10;
const ALIASES = ["champion", "challenger"];
const RESOURCES = { cpu: "500m", memory: "512Mi" };

/** Throws an Error with a way out when somebody else has a name of one of these recipes. Changes nothing. */
export async function checkNames(api: Api, recipes: readonly ModelRecipe[]): Promise<void> {
  const environment = await environmentName(api);
  for (const recipe of recipes) {
    await findModel(api, recipe);
    await findEndpoint(api, recipe, environment);
  }
}

/**
 * Registers, deploys and splits what of this recipe is not there yet; what somebody changed since stays as it is. Throws
 * an Error with a way out when its names are taken.
 */
export async function prepare(
  api: Api,
  recipe: ModelRecipe,
  gitCommit: string | undefined,
  say: Say,
  pause: () => Promise<unknown>,
): Promise<Prepared> {
  const model = await ensureModel(api, recipe);
  const versions: string[] = [];
  for (const version of recipe.versions) versions.push(await ensureVersion(api, recipe, version, gitCommit, say));
  for (const [index, version] of versions.entries()) await ensureAlias(api, model, ALIASES[index], version);
  const environment = await environmentName(api);
  const at = `/endpoints/${recipe.endpoint}`;
  const query = `?environment=${environment}`;
  let endpoint = await ensureEndpoint(api, recipe, environment);
  for (const version of versions) {
    if (endpoint.revisions.some((revision) => revision.version === version)) continue;
    say(`deploying v${version} of ${recipe.model} to ${recipe.endpoint}`);
    await ok(api, "POST", `${at}/revisions${query}`, { model: recipe.model, version, resources: RESOURCES });
    // Only what every router has served can be gone back to, and going back is what a demo is for.
    await waitUntilApplied(api, { recipe, environment }, pause);
    endpoint = endpointViewSchema.parse(await ok(api, "GET", at + query));
  }
  await ensureSplit(api, endpoint, versions, say);
  return { recipe, environment, url: endpoint.url };
}

async function findModel(api: Api, { model }: ModelRecipe): Promise<Model | undefined> {
  const found = await find(api, `/models/${model}`);
  if (found === undefined) return undefined;
  const view = modelViewSchema.parse(found);
  if (!view.tags.includes(DEMO_TAG)) throw taken("a model", model);
  return view;
}

async function ensureModel(api: Api, recipe: ModelRecipe): Promise<Model> {
  const { model: name, description } = recipe;
  const found = await findModel(api, recipe);
  return found ?? modelViewSchema.parse(await ok(api, "POST", "/models", { name, description, tags: [DEMO_TAG] }));
}

async function ensureVersion(
  api: Api,
  recipe: ModelRecipe,
  version: VersionRecipe,
  gitCommit: string | undefined,
  say: Say,
): Promise<string> {
  const path = `/models/${recipe.model}/versions`;
  const { items } = (await ok(api, "GET", `${path}?limit=200`)) as { items: { version: string; tags: string[] }[] };
  const known = items.find(({ tags }) => tags.includes(DEMO_TAG) && tags.includes(version.tag));
  if (known !== undefined) return known.version;
  say(`${version.doing} …`);
  const beganMs = performance.now();
  const { file, metrics } = version.train();
  const told = Object.entries(metrics).map(([name, value]) => `${name} ${value}`);
  say(`  held-out ${told.join(", ")}, after ${((performance.now() - beganMs) / 1_000).toFixed(1)} s`);
  const { digest } = (await ok(api, "PUT", "/artifacts", file)) as { digest: string };
  const { labels, featureNames, preprocessing } = recipe;
  const registered = (await ok(api, "POST", path, {
    artifact: digest,
    description: version.description,
    metrics,
    params: version.params,
    tags: [DEMO_TAG, version.tag],
    source: { dataset: recipe.dataset, ...(gitCommit === undefined ? {} : { gitCommit }) },
    exampleInput: exampleOf(recipe),
    labels,
    ...(featureNames === undefined ? {} : { featureNames }),
    ...(preprocessing === undefined ? {} : { preprocessing }),
  })) as { version: string };
  return registered.version;
}

async function ensureAlias(api: Api, model: Model, alias: string | undefined, version: string): Promise<void> {
  if (alias === undefined || model.aliases[alias] !== undefined) return;
  await ok(api, "PUT", `/models/${model.name}/aliases/${alias}`, { version });
}

async function environmentName(api: Api): Promise<string> {
  const { items } = (await ok(api, "GET", "/environments?limit=200")) as { items: { name: string; kind: string }[] };
  const development = items.filter(({ kind }) => kind === "development");
  const chosen = development.find(({ name }) => name === "local") ?? development[0];
  if (chosen === undefined)
    throw new Error("There is no development environment to deploy to. Add one under Settings.");
  return chosen.name;
}

async function findEndpoint(
  api: Api,
  { endpoint, model }: ModelRecipe,
  environment: string,
): Promise<Endpoint | undefined> {
  const found = await find(api, `/endpoints/${endpoint}?environment=${environment}`);
  if (found === undefined) return undefined;
  const view = endpointViewSchema.parse(found);
  if (view.revisions.some((revision) => revision.model !== model)) throw taken("an endpoint", endpoint);
  return view;
}

async function ensureEndpoint(api: Api, recipe: ModelRecipe, environment: string): Promise<Endpoint> {
  const found = await findEndpoint(api, recipe, environment);
  const wanted = { name: recipe.endpoint, environment };
  return found ?? endpointViewSchema.parse(await ok(api, "POST", "/endpoints", wanted));
}

/** Gives the second version its share if it never had any: a rollback or another split stays. */
async function ensureSplit(api: Api, endpoint: Endpoint, versions: readonly string[], say: Say): Promise<void> {
  const [stable, candidate] = versions.map(
    (version) => endpoint.revisions.find((revision) => revision.version === version)?.revision,
  );
  if (stable === undefined || candidate === undefined) return;
  const at = `/endpoints/${endpoint.name}`;
  const query = `environment=${endpoint.environment}`;
  const { items } = (await ok(api, "GET", `${at}/plans?${query}&limit=200`)) as z.infer<typeof plansViewSchema>;
  const hadShare = items.some(({ entries }) => entries.some((e) => e.revision === candidate && e.weightPercent > 0));
  if (hadShare) return;
  say(`splitting ${endpoint.name}: ${100 - CANDIDATE_PERCENT} % and ${CANDIDATE_PERCENT} %`);
  const entries = [
    { revision: stable, weightPercent: 100 - CANDIDATE_PERCENT },
    { revision: candidate, weightPercent: CANDIDATE_PERCENT },
  ];
  const headers = { "if-match": `"${endpoint.plan?.number ?? 0}"` };
  await ok(
    api,
    "PUT",
    `${at}/traffic?${query}`,
    { entries, reason: "The network against the logistic regression" },
    headers,
  );
}

const taken = (kind: "a model" | "an endpoint", name: string) =>
  new Error(
    `There is ${kind} named ${name} that this demo did not make, so it changes nothing. To see the demo, set SLIPWAY_HOME to an empty folder.`,
  );

/** Undefined where there is nothing. */
async function find(api: Api, path: string): Promise<unknown> {
  const { status, body } = await api.call("GET", path);
  if (status === 404) return undefined;
  return good("GET", path, status, body);
}

/** The body of a good answer; throws an Error with web's sentence otherwise. */
async function ok(api: Api, method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const answer = await api.call(method, path, body, headers);
  return good(method, path, answer.status, answer.body);
}

function good(method: string, path: string, status: number, body: unknown): unknown {
  if (status < 300) return body;
  throw new Error(`${method} ${path} was refused with ${status}: ${refusalIn(JSON.stringify(body))}`);
}

const APPLIED_MS = 120_000;

/** Resolves when the endpoint's newest plan is what every router does. Throws with the reason when that cannot be. */
export async function waitUntilApplied(
  api: Api,
  { recipe, environment }: Pick<Prepared, "recipe" | "environment">,
  pause: () => Promise<unknown>,
) {
  const deadline = performance.now() + APPLIED_MS;
  for (;;) {
    const path = `/endpoints/${recipe.endpoint}?environment=${environment}`;
    const endpoint = endpointViewSchema.parse(await ok(api, "GET", path));
    if (endpoint.plan?.status === "applied") return;
    const trouble = endpoint.revisions.find((revision) => revision.trouble !== null)?.trouble;
    const told = trouble ? `${trouble.message} ${trouble.fix}` : endpoint.plan?.failure;
    if (endpoint.plan?.status === "failed" || performance.now() > deadline)
      throw new Error(`${recipe.endpoint} does not come up: ${told ?? "its routers have not acknowledged its plan"}`);
    await pause();
  }
}
