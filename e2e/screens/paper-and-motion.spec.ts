import { expect, type Page } from "@playwright/test";
import { aScalingModel } from "../../test/factories/onnx.ts";
import type { Api } from "../support/api.ts";
import { test } from "./product.ts";
import { STAGE, setIncident, setStage } from "./stage.ts";

const ENDPOINT = `/endpoints/${STAGE.environment}/${STAGE.endpoint}`;
/** Of A4 at 96 dpi. */
const PAPER = { width: 794, height: 1123 };
/** What a browser's usual margins leave of it. */
const PRINTED = { width: 718, height: 1047 };

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

test("every column of a table is on an upright page, and two compared versions are alone on theirs", async ({
  signedIn: page,
  running: { api },
}) => {
  await setIncident(api);
  await setMeasured(api);
  await page.setViewportSize(PRINTED);
  for (const [address, table, column] of [
    ["/", "Endpoints", "Last change"],
    ["/endpoints", "Endpoints", "Last change"],
    [`/models/${MEASURED}`, "Versions", "Age"],
    [`/models/${MEASURED}?compare=1,2`, "What differs", "Change"],
  ] as const) {
    await page.emulateMedia({ media: "screen" });
    await page.goto(address);
    await expect(page.getByRole("table").getByRole("columnheader", { name: column }).first()).toBeVisible();
    await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
    await page.emulateMedia({ media: "print" });
    await expect(page.getByLabel(table).first()).toBeVisible();
    expect(await beyond(page), address).toEqual([]);
    expect(await page.getByRole("heading", { level: 1 }).isVisible()).toBe(!address.includes("compare"));
  }
});

const MEASURED = "measured for paper";

/** Two versions with as much in a row as the table shows. */
async function setMeasured(api: Api): Promise<void> {
  if ((await api.call("POST", "/models", { name: MEASURED })).status !== 201) return;
  const { digest } = await api.ok("PUT", "/artifacts", aScalingModel(2));
  for (const auc of [0.9123, 0.9456])
    await api.ok("POST", `/models/${encodeURIComponent(MEASURED)}/versions`, {
      artifact: digest,
      metrics: { "average precision": auc, "balanced accuracy": auc - 0.1, "log loss": 1 - auc },
    });
  for (const [alias, version] of Object.entries({ champion: "1", challenger: "2", "last-known-good": "1" }))
    await api.ok("PUT", `/models/${encodeURIComponent(MEASURED)}/aliases/${alias}`, { version });
}

/** Cells that a page of this width does not hold, or that reach into the next. */
const beyond = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("td, th, [role=cell], [role=columnheader]")]
      .filter((cell) => cell.checkVisibility())
      .flatMap((cell) => {
        const edge = Math.min(window.innerWidth, cell.getBoundingClientRect().right) + 0.5;
        const shown = [cell, ...cell.querySelectorAll("*")].filter(
          (one) => one.closest(".sr-only, [role=tooltip]") === null,
        );
        const isWider = cell.scrollWidth > cell.clientWidth + 1;
        return isWider || shown.some((one) => one.getBoundingClientRect().right > edge) ? [cell.textContent] : [];
      }),
  );

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
