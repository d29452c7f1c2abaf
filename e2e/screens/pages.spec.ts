import { globSync } from "node:fs";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import { expectAccessible } from "./axe.ts";
import { INCIDENT, NOWHERE, PAGES } from "./pages.ts";
import { test } from "./product.ts";
import { setIncident, setStage } from "./stage.ts";

const APP = path.resolve(import.meta.dirname, "../../app");
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
    await arrive(page, address.replace(INCIDENT, incident), heading);
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
