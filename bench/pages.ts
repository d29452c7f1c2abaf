import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { quantile } from "#e2e/support/load.ts";
import { type Product, startProduct } from "#e2e/support/product.ts";
import { until } from "#e2e/support/until.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { oneChange } from "./pages/one-change.ts";
import { scriptsOf } from "./pages/scripts.ts";
import { scrollThrough } from "./pages/scroll.ts";

const PASSWORD = "bench-password-0123456";
const [FEW, MANY] = [10, 1_000];
/** Of the many, so many have plans: in an environment whose namespace nobody made, so that no pods come of them. */
const PLANNED = 200;
const ROUNDS = 9;
const AT_ONCE = 8;

const PAGES = [
  "/sign-in",
  "/",
  "/models",
  "/models/scaler",
  "/models/with-a-card",
  "/models/scaler/versions/1",
  "/models/scaler/versions/1?deploy=true",
  "/endpoints",
  "/endpoints/local/scaler",
  "/endpoints/local/scaler?tab=logs",
  "/endpoints/local/scaler?tab=changes",
  "/endpoints/local/scaler?tab=try",
  "/endpoints/local/scaler?tab=settings",
  "/endpoints/local/scaler?change=traffic",
  "/incidents",
  "/audit",
  "/settings/environments",
  "/settings/people",
  "/settings/tokens",
  "/settings/rights",
  "/settings/system",
  "/settings/account",
];

/**
 * Row 7 of the design's section 11: load of the first screen and the list at 1,000 and 10 endpoints, on two products that
 * run at the same time, in turns, so that what else the machine does meets both; the JavaScript of each page; and what
 * scrolling and a change cost where there are many.
 */
export async function run() {
  const env = { SLIPWAY_ADMIN_PASSWORD: PASSWORD };
  const small = await startProduct({ env });
  const large = await startProduct({ env }).catch(async (error: unknown) => {
    await small.dispose();
    throw error;
  });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking"],
  });
  try {
    for (const product of [small, large]) await addFew(product);
    await addCard(small);
    await addMany(large);
    const contexts = {
      few: { url: small.webUrl, context: await signedIn(browser, small.webUrl) },
      many: { url: large.webUrl, context: await signedIn(browser, large.webUrl) },
    };
    const overview = await loadsMs(contexts, "/");
    const list = await loadsMs(contexts, "/endpoints");
    return {
      name: `pages: load at ${MANY} / ${FEW} endpoints, the worse of / and /endpoints`,
      ratio: Math.max(overview.ratio, list.ratio),
      details: {
        overviewMs: overview,
        listMs: list,
        scriptsKilobytesGzipped: await scriptsOf(browser, contexts.few.context, small.webUrl, PAGES),
        scroll: await scrollThrough(contexts.many.context, large.webUrl),
        oneChange: await oneChange(contexts.many.context, large.webUrl, large.api, "scaler"),
      },
    };
  } finally {
    await browser.close();
    await Promise.all([small.dispose(), large.dispose()]);
  }
}

const rounded = (value: number) => Number(value.toFixed(2));
const namesOf = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

async function addEndpoints({ api }: Product, names: readonly string[], environment = "local"): Promise<void> {
  for (let at = 0; at < names.length; at += AT_ONCE)
    await Promise.all(names.slice(at, at + AT_ONCE).map((name) => api.ok("POST", "/endpoints", { name, environment })));
}

async function addFew(product: Product): Promise<void> {
  await product.api.register("scaler", aScalingModel(1));
  await addEndpoints(product, ["scaler", ...namesOf("few", FEW - 1)]);
  await product.api.deploy("scaler", "scaler", "1");
  await product.api.applied("scaler");
}

/** What people write about a model is drawn by a library of its own. */
const addCard = ({ api }: Product) =>
  api.ok("POST", "/models", {
    name: "with-a-card",
    description: "# Who gets a loan\n\nTrained on *made-up* data.\n\n- not for minors\n- [more](https://example.com)",
  });

async function addMany(product: Product): Promise<void> {
  const { api } = product;
  const environment = "elsewhere";
  await api.ok("POST", "/environments", {
    name: environment,
    cluster: "local",
    namespace: "nobody-made-this",
    kind: "development",
    gatewayUrl: "http://127.0.0.1:1",
  });
  const planned = namesOf("planned", PLANNED);
  await addEndpoints(product, planned, environment);
  for (const name of planned) await api.deploy(name, "scaler", "1");
  const many = namesOf("many", MANY - FEW - PLANNED);
  await addEndpoints(product, many);
  const last = many.at(-1) ?? "";
  await until(
    "the worker has seen the last endpoint",
    async () => ((await api.ok("GET", `/endpoints/${last}`)).observedAt === null ? undefined : true),
    120_000,
  );
}

async function signedIn(browser: Browser, url: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const answer = await context.request.post(`${url}/api/auth/sign-in`, {
    data: { email: "admin@slipway.local", password: PASSWORD, remember: true },
    headers: { origin: url },
  });
  if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}`);
  return context;
}

type Sides = Readonly<Record<"few" | "many", { url: string; context: BrowserContext }>>;

/** From the request to the first row on screen, scripts already kept by the browser: medians, and their ratio. */
async function loadsMs(sides: Sides, path: string) {
  const times = { few: [] as number[], many: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const side of ["few", "many"] as const) {
      const { url, context } = sides[side];
      const page = await context.newPage();
      await page.goto(url + path, { waitUntil: "commit" });
      await page.locator("main a[href^='/endpoints/']").first().waitFor();
      const ms = await page.evaluate(() => performance.now());
      // The first one fills the browser's cache.
      if (round > 0) times[side].push(ms);
      await page.close();
    }
  const [few, many] = [quantile(times.few, 0.5), quantile(times.many, 0.5)];
  return { few: Math.round(few), many: Math.round(many), ratio: rounded(many / few) };
}
