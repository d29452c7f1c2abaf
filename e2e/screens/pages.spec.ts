import { expect } from "@playwright/test";
import { expectAccessible, LOOKS } from "./axe.ts";
import { test } from "./product.ts";

/** Address and a heading that says the screen has arrived. */
const PAGES = [
  ["/", /endpoint|first model/i],
  ["/audit", /^Audit$/],
] as const;

for (const [look, { colorScheme, viewport }] of Object.entries(LOOKS))
  for (const [path, heading] of PAGES)
    test(`${path} has no accessibility violation: ${look}`, async ({ signedIn: page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      await expect(page.getByRole("main").getByRole("listitem").or(page.getByRole("row")).first()).toBeVisible();
      await expectAccessible(page);
    });

test("any screen is two keys and a few letters away", async ({ signedIn: page }) => {
  await page.goto("/");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("combobox", { name: "Jump to" })).toBeFocused();
  await page.keyboard.type("aud");
  await expect(page.getByRole("option", { name: "Audit" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/audit$/);
});
