import type { Browser, BrowserContext, Page } from "@playwright/test";

/** Nothing is fetched for so long: a page has what it wants. */
const QUIET_MS = 1_500;

/** JavaScript in kB as sent, gzipped. `first`: asked for until the page stands. `later`: after that, untouched. */
type Scripts = Readonly<{ first: number; later: number }>;

/** What each page fetches with an empty cache. An address that opens a tab or a sheet tells what a click on it adds. */
export async function scriptsOf(browser: Browser, from: BrowserContext, url: string, paths: readonly string[]) {
  const storageState = await from.storageState();
  const found: Record<string, Scripts> = {};
  for (const path of paths) {
    const context = await browser.newContext(path === "/sign-in" ? {} : { storageState });
    const page = await context.newPage();
    found[path] = await scriptsFor(page, url + path);
    await context.close();
  }
  return found;
}

async function scriptsFor(page: Page, address: string): Promise<Scripts> {
  let lastMs = performance.now();
  page.on("requestfinished", (request) => {
    if (request.resourceType() === "script") lastMs = performance.now();
  });
  // A page stands once it is loaded and has its heading, which those that wait for their data have only with it.
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector("main h1") === null) return;
      performance.mark("heading");
      observer.disconnect();
    }).observe(document, { subtree: true, childList: true });
  });
  await page.goto(address);
  await page.locator("main h1").first().waitFor({ state: "attached" });
  while (performance.now() - lastMs < QUIET_MS) await page.waitForTimeout(100);
  return page.evaluate(() => {
    const [loaded] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const heading = performance.getEntriesByName("heading")[0]?.startTime ?? Number.POSITIVE_INFINITY;
    const standsMs = Math.max(loaded?.loadEventEnd ?? 0, heading);
    const scripts = (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).filter(({ name }) =>
      /\.js(\?|$)/.test(name),
    );
    const kilobytes = (some: typeof scripts) =>
      Math.round(some.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000);
    return {
      first: kilobytes(scripts.filter(({ startTime }) => startTime <= standsMs)),
      later: kilobytes(scripts.filter(({ startTime }) => startTime > standsMs)),
    };
  });
}
