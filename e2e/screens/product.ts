import { test as base, type Page } from "@playwright/test";
import { type Api, connectApi } from "../support/api.ts";
import { startProduct } from "../support/product.ts";

const PASSWORD = "screens-password-0123";
const EMAIL = "admin@slipway.local";

/** What every spec runs against: a product of this run, or the one that SLIPWAY_SCREENS_URL, _TOKEN and _PASSWORD name. */
export type Running = Readonly<{ url: string; api: Api }>;

export const test = base.extend<{ signedIn: Page }, { running: Running }>({
  running: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs from here
    async ({}, use) => {
      const { SLIPWAY_SCREENS_URL: url, SLIPWAY_SCREENS_TOKEN: token } = process.env;
      if (url !== undefined) {
        await use({ url, api: connectApi(url, token ?? "") });
        return;
      }
      const product = await startProduct({ env: { SLIPWAY_ADMIN_PASSWORD: PASSWORD } });
      try {
        await use({ url: product.webUrl, api: product.api });
      } finally {
        await product.dispose();
      }
    },
    { scope: "worker", timeout: 300_000 },
  ],
  baseURL: async ({ running }, use) => use(running.url),
  signedIn: async ({ page, running }, use) => {
    await signIn(page, running.url);
    await use(page);
  },
});

/** By the API, as most tests are about what comes after. */
async function signIn(page: Page, url: string): Promise<void> {
  const answer = await page.request.post("/api/auth/sign-in", {
    data: { email: EMAIL, password: process.env.SLIPWAY_SCREENS_PASSWORD ?? PASSWORD, remember: true },
    headers: { origin: url },
  });
  if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}: ${await answer.text()}`);
}
