import { execFileSync } from "node:child_process";
import { type APIRequestContext, type BrowserContext, test as base, type Page } from "@playwright/test";
import type { Role } from "#domain/access/schema.ts";
import { type Api, connectApi } from "../support/api.ts";
import { startProduct } from "../support/product.ts";
import { type Received, startReceiver } from "../support/webhook.ts";

const PASSWORD = "screens-password-0123";
const EMAIL = "admin@slipway.local";
const WEBHOOK_SECRET = "a-webhook-secret-of-screens";

/** What every spec runs against: a product of this run, or the one that SLIPWAY_SCREENS_URL, _GATEWAY_URL, _TOKEN and _KUBECONFIG name. */
export type Running = Readonly<{
  url: string;
  gatewayUrl: string;
  api: Api;
  /** Messages of incidents, oldest first. */
  received: readonly Received[];
  /** With the local cluster's kubeconfig. */
  kubectl(...args: string[]): string;
}>;
type Credentials = Readonly<{ email: string; password: string }>;
export type Person = Credentials & Readonly<{ id: string }>;
type Cookies = Awaited<ReturnType<APIRequestContext["storageState"]>>["cookies"];

export const test = base.extend<{ signedIn: Page }, { running: Running; session: Cookies }>({
  running: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs from here
    async ({}, use) => {
      const { SLIPWAY_SCREENS_URL: url, SLIPWAY_SCREENS_GATEWAY_URL: gatewayUrl = "" } = process.env;
      const receiver = await startReceiver(WEBHOOK_SECRET, Number(process.env.SLIPWAY_SCREENS_WEBHOOK_PORT ?? 0));
      const { received } = receiver;
      if (url !== undefined) {
        const { SLIPWAY_SCREENS_TOKEN: token = "", SLIPWAY_SCREENS_KUBECONFIG: kubeconfig = "" } = process.env;
        const kubectl = (...args: string[]) =>
          execFileSync("kubectl", ["--kubeconfig", kubeconfig, ...args], { encoding: "utf8" });
        await use({ url, gatewayUrl, api: connectApi(url, token), received, kubectl });
        await receiver.close();
        return;
      }
      // An incident after seconds: nobody learns more from waiting two minutes.
      const product = await startProduct({
        env: {
          SLIPWAY_ADMIN_PASSWORD: PASSWORD,
          SLIPWAY_WEBHOOK_URL: receiver.url,
          SLIPWAY_WEBHOOK_SECRET: WEBHOOK_SECRET,
          SLIPWAY_WEBHOOK_ALLOW_PRIVATE: "true",
          WORKER_HEALTH_MS: "500",
          WORKER_INCIDENT_AFTER_MS: "3000",
        },
      });
      try {
        const { webUrl: url, gatewayUrl, api, kubectl } = product;
        await use({ url, gatewayUrl, api, received, kubectl });
      } finally {
        await product.dispose();
        await receiver.close();
      }
    },
    { scope: "worker", timeout: 300_000 },
  ],
  baseURL: async ({ running }, use) => use(running.url),
  /** No test passes while a page runs what its policy forbids, or fails in a script. */
  context: async ({ context }, use) => {
    const wrong = await watchForFaults(context);
    await use(context);
    if (wrong.length > 0) throw new Error(`pages did what they must not:\n${wrong.join("\n")}`);
  },
  /** One for all: every sign-in costs what a guess costs. */
  session: [
    async ({ running: { url }, playwright }, use) => {
      const request = await playwright.request.newContext({ baseURL: url });
      await signIn(request, ADMINISTRATOR);
      await use((await request.storageState()).cookies);
      await request.dispose();
    },
    { scope: "worker" },
  ],
  signedIn: async ({ page, context, session }, use) => {
    await context.addCookies(session);
    await use(page);
  },
});

export const ADMINISTRATOR = { email: EMAIL, password: PASSWORD };

/** By the API, as most tests are about what comes after. */
export async function signIn(request: APIRequestContext, { email, password }: Credentials): Promise<void> {
  const answer = await request.post("/api/auth/sign-in", {
    data: { email, password, remember: true },
    headers: { "sec-fetch-site": "same-origin" },
  });
  if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}: ${await answer.text()}`);
}

/** A new person of that role. */
export async function invite({ api }: Running, role: Role, name: string): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, "-")}-${Date.now()}@slipway.local`;
  const { id, password } = await api.ok("POST", "/people", { email, name, role });
  return { id, email, password };
}

/** Uncaught errors, forbidden scripts and differences between server and browser, as they happen. */
async function watchForFaults(context: BrowserContext): Promise<readonly string[]> {
  const wrong: string[] = [];
  await context.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
      console.error(`forbidden by policy: ${violatedDirective} ${blockedURI} ${sample}`),
    ),
  );
  context.on("weberror", (error) => wrong.push(`${error.page()?.url()}: ${error.error().message}`));
  context.on("console", (message) => {
    if (message.type() === "error" && /forbidden by policy|Minified React error|hydrat/i.test(message.text()))
      wrong.push(`${message.page()?.url()}: ${message.text()}`);
  });
  context.on("dialog", (dialog) => {
    wrong.push(`a script said: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return wrong;
}
