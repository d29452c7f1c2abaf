import type { BrowserContext } from "@playwright/test";
import type { Api } from "#e2e/support/api.ts";

/** What a change leads to is over when nothing was fetched for so long. */
const QUIET_MS = 2_000;

/**
 * The list of many endpoints stays open while one of them, in sight, gets a revision: how soon it shows, what is asked of
 * the server for it, and how many of the rows on screen are drawn anew.
 */
export async function oneChange(context: BrowserContext, url: string, api: Api, model: string) {
  const page = await context.newPage();
  // By name: in the order of health it would leave our sight as soon as it is healthy.
  await page.goto(`${url}/endpoints?order=name`);
  const link = page.locator("main a[href^='/endpoints/']").nth(3);
  const name = (await link.textContent()) ?? "";
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
  const answers: Promise<number>[] = [];
  let lastMs = performance.now();
  page.on("requestfinished", (request) => {
    if (!request.url().includes("/api/trpc/")) return;
    lastMs = performance.now();
    answers.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  const quiet = async () => {
    while (performance.now() - lastMs < QUIET_MS) await page.waitForTimeout(50);
  };
  await quiet();
  answers.length = 0;
  await page.evaluate(() => {
    const rows = new Set<Element>();
    Object.assign(window, { rows });
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        // Times go on by themselves.
        const row = element?.closest("time") ? null : element?.closest("[role=row]");
        if (row) rows.add(row);
      }
    }).observe(document.querySelector("main") ?? document, { subtree: true, childList: true, characterData: true });
  });
  const beganMs = performance.now();
  const { plan } = await api.deploy(name, model, "1");
  await row
    .getByText(`#${plan?.number ?? 1}`)
    .first()
    .waitFor();
  const shownMs = performance.now() - beganMs;
  await quiet();
  const sizes = await Promise.all(answers);
  const rowsDrawn = await page.evaluate(() => (window as unknown as { rows: Set<Element> }).rows.size);
  await page.close();
  return {
    shownMs: Math.round(shownMs),
    requests: sizes.length,
    kilobytes: Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1000),
    rowsDrawn,
  };
}
