import { expect } from "@playwright/test";
import { test } from "./product.ts";
import { STAGE, setIncident, setStage } from "./stage.ts";

const ENDPOINT = `/endpoints/${STAGE.environment}/${STAGE.endpoint}`;
/** Of A4 at 96 dpi. */
const PAPER = { width: 794, height: 1123 };

test("an endpoint and an incident print dark on white without what only a screen can do", async ({
  signedIn: page,
  running: { api },
}) => {
  await setStage(api);
  const incident = await setIncident(api);
  await page.setViewportSize(PAPER);
  for (const address of [ENDPOINT, `/incidents/${incident}`]) {
    await page.emulateMedia({ colorScheme: "dark", media: "screen" });
    await page.goto(address);
    const rollback = page.getByRole("button", { name: /^Roll back/ });
    await expect(rollback).toBeVisible();
    await page.emulateMedia({ colorScheme: "dark", media: "print" });
    await expect(page.locator("body")).toHaveCSS("color", "rgb(27, 31, 36)");
    await expect(rollback).toBeHidden();
    await expect(page.getByRole("navigation").first()).toBeHidden();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  }
});

test("nothing moves for who asked for no motion, and much does for everybody else", async ({
  signedIn: page,
  running: { api },
}) => {
  await setStage(api);
  for (const [reducedMotion, moving] of [
    ["reduce", false],
    ["no-preference", true],
  ] as const) {
    await page.emulateMedia({ reducedMotion });
    await page.goto(`${ENDPOINT}?change=traffic`);
    await expect(page.getByRole("dialog")).toBeVisible();
    const durations = await page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((element) => {
        const { animationName, animationDuration, transitionProperty, transitionDuration } = getComputedStyle(element);
        return [
          ...(animationName === "none" ? [] : animationDuration.split(", ")),
          ...(transitionProperty === "none" ? [] : transitionDuration.split(", ")),
        ];
      }),
    );
    expect(durations.some((duration) => Number.parseFloat(duration) > 0)).toBe(moving);
  }
});
