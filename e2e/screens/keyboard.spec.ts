import { expect, type Page } from "@playwright/test";
import { aScalingModel } from "../../test/factories/onnx.ts";
import { test } from "./product.ts";
import { ready, split } from "./stage.ts";

const NAME = "keys";

test("deploy, split and rollback by keyboard alone, always seeing where one is", async ({
  signedIn: page,
  running: { api },
}) => {
  for (const factor of [2, 3]) await api.register(NAME, aScalingModel(factor));
  await api.ok("POST", "/endpoints", { name: NAME, environment: "local" });
  await api.deploy(NAME, NAME, "1");
  await api.applied(NAME);

  await page.goto(`/models/${NAME}/versions/2`);
  const sheet = page.getByRole("dialog");
  await press(page, page.getByRole("button", { name: "Deploy", exact: true }).first());
  await expect(sheet).toBeVisible();
  await expectTrapped(page);
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(page.getByRole("button", { name: "Deploy", exact: true }).first()).toBeFocused();

  await page.keyboard.press("Enter");
  // Where the model is live is chosen already; another choice is a search and a key.
  const here = sheet.getByRole("radio", { name: `${NAME} in local` });
  await expect(here).toBeChecked();
  await press(page, sheet.getByRole("button", { name: "New", exact: true }));
  await press(page, sheet.getByRole("button", { name: "Existing" }));
  await type(page, sheet.getByRole("searchbox", { name: "Which" }), NAME);
  await reach(page, here);
  await page.keyboard.press("Space");
  await expect(here).toBeChecked();
  await press(page, sheet.getByRole("button", { name: "Deploy", exact: true }));
  await expect(page).toHaveURL(new RegExp(`/endpoints/local/${NAME}`));
  await ready(api, NAME);

  await press(page, page.getByRole("button", { name: "Change traffic" }));
  await type(page, sheet.getByLabel("Share of v1 · r1 in percent"), "80");
  await type(page, sheet.getByLabel("Share of v2 · r2 in percent"), "20");
  await press(page, sheet.getByRole("button", { name: "Change at once" }));
  await expect(sheet).toBeHidden();
  await expect(page.getByRole("button", { name: "Change traffic" })).toBeFocused();
  await api.applied(NAME, 3);

  await press(page, page.getByRole("button", { name: /^Roll back to v1/ }));
  await expect(sheet).toBeVisible();
  await expectTrapped(page);
  await press(page, sheet.getByRole("button", { name: /^Roll back to v1/ }));
  await expect(sheet).toBeHidden();
  await expect(page.getByText("0 wrong answers since").first()).toBeVisible();
  await expect(page.getByText(/^Administrator's rollback pinned it/)).toBeVisible();
  const { plan } = await api.applied(NAME, 4);
  expect(plan).toMatchObject({ kind: "rollback", entries: split(100, 0) });
});

type Target = ReturnType<Page["locator"]>;
const STOPS_MAX = 120;

/** By Tab alone, and every stop on the way shows where it is. */
async function reach(page: Page, target: Target): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    const hidden = await page.evaluate(whereFocusIsHidden);
    expect(hidden).toBeNull();
  }
  throw new Error(`not reached within ${STOPS_MAX} stops: ${target}`);
}

async function press(page: Page, target: Target): Promise<void> {
  await reach(page, target);
  await page.keyboard.press("Enter");
}

async function type(page: Page, target: Target, text: string): Promise<void> {
  await reach(page, target);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

/** Round and round, and never out of the sheet. */
async function expectTrapped(page: Page): Promise<void> {
  await expect(page.getByRole("dialog")).toBeVisible();
  for (let stops = 0; stops < 30; stops += 1) {
    await page.keyboard.press(stops < 20 ? "Tab" : "Shift+Tab");
    const outside = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused?.closest("[role=dialog]") == null ? (focused?.outerHTML.slice(0, 200) ?? "nothing") : null;
    });
    expect(outside).toBeNull();
  }
}

/** The element that has focus without an outline or a ring around it or around what holds it; null: it can be seen. */
function whereFocusIsHidden(): string | null {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return null;
  const marked = (element: Element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  };
  // A file field lies under its label, which shows the focus.
  const label = focused instanceof HTMLInputElement ? [...(focused.labels ?? [])] : [];
  return [focused, ...label].some(marked) ? null : focused.outerHTML.slice(0, 200);
}
