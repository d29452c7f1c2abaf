import { globSync } from "node:fs";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import { expectAccessible } from "./axe.ts";
import { test } from "./product.ts";
import { STAGE, setIncident, setStage } from "./stage.ts";

const APP = path.resolve(import.meta.dirname, "../../app");
const model = `/models/${STAGE.model}`;
const endpoint = `/endpoints/${STAGE.environment}/${STAGE.endpoint}`;

/** Every page there is, by its file: where it is found, and the heading that says it has arrived. */
const PAGES: Readonly<Record<string, readonly [address: string, heading: RegExp][]>> = {
  "(console)/page.tsx": [["/", /endpoint/i]],
  "(console)/models/page.tsx": [["/models", /^Models$/]],
  "(console)/models/[model]/page.tsx": [
    [model, /stage/],
    [`${model}?register=true`, /stage/],
  ],
  "(console)/models/[model]/versions/[version]/page.tsx": [[`${model}/versions/1`, /stage v1/]],
  "(console)/endpoints/page.tsx": [["/endpoints", /^Endpoints$/]],
  "(console)/endpoints/[environment]/[endpoint]/page.tsx": ["pods", "changes", "try", "settings"].map((tab) => [
    `${endpoint}?tab=${tab}`,
    /stage/,
  ]),
  "(console)/incidents/page.tsx": [["/incidents", /^Incidents$/]],
  "(console)/incidents/[incident]/page.tsx": [["/incidents/INCIDENT", /short-of-pods/]],
  "(console)/audit/page.tsx": [["/audit", /^Audit$/]],
  "(console)/settings/page.tsx": [["/settings", /./]],
  "(console)/settings/account/page.tsx": [["/settings/account", /./]],
  "(console)/settings/clusters/page.tsx": [["/settings/clusters", /^Clusters$/]],
  "(console)/settings/environments/page.tsx": [["/settings/environments", /./]],
  "(console)/settings/people/page.tsx": [["/settings/people", /./]],
  "(console)/settings/rights/page.tsx": [["/settings/rights", /./]],
  "(console)/settings/system/page.tsx": [["/settings/system", /./]],
  "(console)/settings/tokens/page.tsx": [["/settings/tokens", /./]],
  "sign-in/page.tsx": [["/sign-in", /Sign in/]],
};
/** Not pages by name, but what one may end up on. */
const NOWHERE = [
  ["/nothing/here", /nothing at this address/],
  ["/models/no-such-model", /./],
  ["/endpoints/local/no-such-endpoint", /./],
] as const;

test.describe.configure({ mode: "parallel" });
let incident: string;
test.beforeAll(async ({ running: { api } }) => {
  await setStage(api);
  incident = await setIncident(api);
});

test("every page of the app is looked at here", () => {
  expect(globSync("**/page.tsx", { cwd: APP }).sort()).toEqual(Object.keys(PAGES).sort());
});

for (const [address, heading] of Object.values(PAGES).flat())
  test(`${address} has no accessibility violation and never scrolls sideways`, async ({ page, context, session }) => {
    if (address !== "/sign-in") await context.addCookies(session);
    await arrive(page, address.replace("INCIDENT", incident), heading);
    await expectAccessible(page);
  });

for (const [address, heading] of NOWHERE)
  test(`${address}, where nothing is, has no accessibility violation`, async ({ signedIn: page }) => {
    await page.goto(address);
    await expect(page.getByRole("main").getByText(/./).first()).toBeVisible();
    await settled(page);
    await expect(page.getByText(heading).first()).toBeVisible();
    await expectAccessible(page, ["light", "dark", "360 px"]);
  });

async function arrive(page: Page, address: string, heading: RegExp): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  await settled(page);
}

const settled = (page: Page) => expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
