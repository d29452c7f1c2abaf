import { chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { INCIDENT, PAGES } from "./screens/pages.ts";
import { setIncident, setStage } from "./screens/stage.ts";
import { CHROMIUM } from "./support/chromium.ts";
import { freePort } from "./support/ports.ts";
import { startProduct } from "./support/product.ts";

// `npm run lighthouse`: accessibility of every page, as somebody who is signed in sees it. Anything below 100 fails.

const PASSWORD = "lighthouse-password-0123";
const product = await startProduct({
  env: { SLIPWAY_ADMIN_PASSWORD: PASSWORD, WORKER_HEALTH_MS: "500", WORKER_INCIDENT_AFTER_MS: "3000" },
});
const port = await freePort();
const browser = await chromium.launch({
  ...CHROMIUM,
  args: [...CHROMIUM.args, `--remote-debugging-port=${port}`],
});
let failed = 0;
try {
  await setStage(product.api);
  const incident = await setIncident(product.api);
  const cookie = await signIn();
  for (const [address] of Object.values(PAGES).flat()) {
    const path = address.replace(INCIDENT, incident);
    const headers = path === "/sign-in" ? {} : { Cookie: cookie };
    for (const [size, config] of [
      ["phone", undefined],
      ["desktop", desktopConfig],
    ] as const) {
      const run = await lighthouse(
        product.webUrl + path,
        {
          port,
          logLevel: "error",
          onlyCategories: ["accessibility"],
          extraHeaders: headers,
          disableStorageReset: true,
        },
        config,
      );
      const score = Math.round((run?.lhr.categories.accessibility?.score ?? 0) * 100);
      const wrong = Object.values(run?.lhr.audits ?? {})
        .filter(({ score }) => score === 0)
        .map(({ id }) => id);
      if (score < 100) failed += 1;
      console.info(`${String(score).padStart(3)}  ${size.padEnd(7)} ${path} ${wrong.join(" ")}`);
    }
  }
} finally {
  await browser.close();
  await product.dispose();
}
process.exitCode = failed === 0 ? 0 : 1;

async function signIn(): Promise<string> {
  const answer = await fetch(`${product.webUrl}/api/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ email: "admin@slipway.local", password: PASSWORD, remember: true }),
  });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}
