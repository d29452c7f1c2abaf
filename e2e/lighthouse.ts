import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContext, chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { INCIDENT, PAGES } from "./screens/pages.ts";
import { setIncident, setStage } from "./screens/stage.ts";
import { CHROMIUM } from "./support/chromium.ts";
import { freePort } from "./support/ports.ts";
import { startProduct } from "./support/product.ts";

// `npm run lighthouse`: accessibility of every page, in both themes, on a phone and a desktop, as somebody who is signed in
// sees it. Anything below 100 fails. `npm test` asks axe, by whose rules Lighthouse judges, about the same pages.

const PASSWORD = "lighthouse-password-0123";
const SIGN_IN = "/sign-in";
const THEMES = ["light", "dark"] as const;
const SIZES = [
  ["phone", undefined],
  ["desktop", desktopConfig],
] as const;

const product = await startProduct({
  env: { SLIPWAY_ADMIN_PASSWORD: PASSWORD, WORKER_HEALTH_MS: "500", WORKER_INCIDENT_AFTER_MS: "3000" },
});
const port = await freePort();
const profile = mkdtempSync(path.join(tmpdir(), "slipway-lighthouse-"));
// Lighthouse opens tabs of its own, which share cookies and theme only with a profile.
const browser = await chromium.launchPersistentContext(profile, {
  ...CHROMIUM,
  args: [...CHROMIUM.args, `--remote-debugging-port=${port}`, "--disable-background-networking"],
});
let failed = 0;
try {
  await setStage(product.api);
  const incident = await setIncident(product.api);
  // It looks at nothing that is answered with 404; axe does.
  const { "[...nothing]/page.tsx": _, ...pages } = PAGES;
  const addresses = Object.values(pages)
    .flat()
    .map(([address]) => address.replace(INCIDENT, incident));
  // To who is signed in, the page to do so is another.
  await look([SIGN_IN]);
  await signIn(browser);
  await look(addresses.filter((address) => address !== SIGN_IN));
} finally {
  await browser.close();
  await product.dispose();
  rmSync(profile, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function look(addresses: readonly string[]): Promise<void> {
  for (const theme of THEMES) {
    await setTheme(theme);
    for (const address of addresses)
      for (const [size, config] of SIZES) {
        const { score, wrong } = await judge(product.webUrl + address, config);
        if (score < 100) failed += 1;
        console.info([String(score).padStart(3), theme.padEnd(5), size.padEnd(7), address, ...wrong].join(" "));
      }
  }
}

async function judge(url: string, config: typeof desktopConfig | undefined) {
  const flags = { port, logLevel: "error", onlyCategories: ["accessibility"], disableStorageReset: true } as const;
  const run = await lighthouse(url, { ...flags, onlyCategories: [...flags.onlyCategories] }, config);
  const { categories, audits, finalDisplayedUrl } = run?.lhr ?? {};
  if (finalDisplayedUrl !== undefined && new URL(finalDisplayedUrl).pathname === SIGN_IN && !url.endsWith(SIGN_IN))
    throw new Error(`${url} asked to sign in`);
  return {
    score: Math.round((categories?.accessibility?.score ?? 0) * 100),
    wrong: Object.values(audits ?? {})
      .filter(({ score }) => score === 0)
      .map(({ id }) => id),
  };
}

async function setTheme(theme: (typeof THEMES)[number]): Promise<void> {
  const page = await browser.newPage();
  await page.goto(product.webUrl + SIGN_IN);
  await page.evaluate((chosen) => localStorage.setItem("theme", chosen), theme);
  await page.close();
}

async function signIn({ request }: BrowserContext): Promise<void> {
  const answer = await request.post(`${product.webUrl}/api/auth/sign-in`, {
    data: { email: "admin@slipway.local", password: PASSWORD, remember: true },
    headers: { "sec-fetch-site": "same-origin" },
  });
  if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}`);
}
