import { expect } from "@playwright/test";
import { ADMINISTRATOR, test } from "./product.ts";

test("a token that is shown once is not lost to a click beside it", async ({ signedIn: page }) => {
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("kept");
  await page.getByRole("button", { name: "Make token" }).click();
  const shown = page.getByRole("dialog", { name: "Token kept" });
  await expect(shown.getByText(/^slipway_/)).toBeVisible();
  await page.mouse.click(2, 2);
  // Whatever the click did is done once the page has drawn again.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect(shown).toBeVisible();
  await shown.getByRole("button", { name: "I have kept it" }).click();
  await expect(shown).toBeHidden();
});

test("a token that is shown once is copied without a clipboard too; where the browser refuses, it says so and selects it", async ({
  signedIn: page,
  context,
}) => {
  // As over plain http on another host.
  await context.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  const name = page.getByRole("dialog").getByRole("textbox", { name: "Name" });
  await name.fill("copied");
  await page.getByRole("button", { name: "Make token" }).click();
  const shown = page.getByRole("dialog", { name: "Token copied" });
  const secret = await shown.getByText(/^slipway_/).innerText();
  const copy = shown.getByRole("button", { name: /^Copy/ });
  await copy.click();

  await page.evaluate(() => {
    document.execCommand = () => false;
  });
  await copy.click();
  await expect(shown.getByRole("alert")).toHaveText("Not copied. It is selected: copy it by hand.");
  expect(await page.evaluate(() => String(window.getSelection()))).toBe(secret);

  await shown.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("button", { name: "Make a token" }).click();
  await name.press("ControlOrMeta+v");
  await expect(name).toHaveValue(secret);
});

test("a number that was emptied is asked for, and not kept as none", async ({ signedIn: page, running: { api } }) => {
  const minutes = async () => {
    const { items } = await api.ok("GET", "/environments");
    return items.find(({ name }: { name: string }) => name === "local").warmFullMinutes;
  };
  const before = await minutes();
  await page.goto("/settings/environments");
  await page.getByRole("button", { name: "More about local" }).click();
  await page.getByRole("menuitem", { name: "Change…" }).click();
  const sheet = page.getByRole("dialog", { name: "Change local" });
  const field = sheet.getByLabel("All replicas stay warm for, in minutes");
  await field.fill("");
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(field).toBeFocused();
  await field.fill(String(before + 1));
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(sheet).toBeHidden();
  expect(await minutes()).toBe(before + 1);
});

test("a phone shows every role's rights, and can revoke a token whose name is long", async ({
  signedIn: page,
  running: { api },
}) => {
  const name = `${"a-long-".repeat(10)}name`;
  await api.ok("POST", "/tokens", { name, role: "viewer" });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/settings/tokens");
  await expect(page.getByRole("button", { name: `Revoke ${name}` })).toBeInViewport({ ratio: 1 });
  await page.goto("/settings/rights");
  await expect(page.getByRole("columnheader", { name: "Administrator" })).toBeInViewport({ ratio: 1 });
});

test("nobody takes their own role away by a slip", async ({ signedIn: page }) => {
  await page.goto("/settings/people");
  const own = page.getByRole("listitem").filter({ hasText: ADMINISTRATOR.email });
  await expect(own).toContainText("Another administrator can change it.");
  await expect(own.getByRole("combobox")).toHaveCount(0);
});

test("a phone shows which part of the settings one is in, also the last", async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/settings/account");
  const here = page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Your account" });
  await expect(here).toBeInViewport({ ratio: 1 });
});

test("after a wrong password one types the next at once", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill("nobody-here@slipway.local");
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByLabel("Password")).toBeFocused();
  await page.keyboard.type("another");
  await expect(page.getByLabel("Password")).toHaveValue("another");
});
