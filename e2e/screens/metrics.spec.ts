import { expect, type Page } from "@playwright/test";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { test } from "./product.ts";
import { SHORT_OF_PODS, STAGE, setIncident } from "./stage.ts";

let incident: string;
test.beforeAll(async ({ running: { api } }) => {
  incident = await setIncident(api);
});

const chart = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });
const grid = (page: Page, title: string) => chart(page, title).locator(".recharts-cartesian-grid-horizontal line");
const scale = (page: Page, title: string) => chart(page, title).locator(".recharts-yAxis-tick-labels text");

test("charts of an endpoint that nobody has asked show their grid, that there were no requests, and what is aimed at", async ({
  signedIn: page,
}) => {
  await page.goto(screenPaths.endpoint(STAGE.environment, SHORT_OF_PODS));
  // Its pods are measured by now, so there is a line for its revision, and it holds no value of an answer.
  await expect(chart(page, "Memory").locator(".recharts-line-curve")).toHaveCount(1);
  for (const title of ["Requests", "Errors", "Latency"]) await expect(grid(page, title)).not.toHaveCount(0);
  for (const title of ["Errors", "Latency"]) await expect(chart(page, title)).toContainText(/no data|no requests/);
  await expect(scale(page, "Latency").last()).toHaveText("1 s");
  await expect(scale(page, "Memory").first()).toHaveText("0 B");
});

test("an incident about ready pods draws them under their target, and says what to do where no pod is to blame", async ({
  signedIn: page,
}) => {
  await page.goto(screenPaths.incident(incident));
  const broke = chart(page, "What broke: ready pods");
  await expect(broke).toContainText("target 3");
  await expect(broke.locator(".recharts-line-curve")).toHaveCount(1);
  await expect(scale(page, "What broke: ready pods")).toHaveText(["0", "1", "2", "3", "4"]);
  await expect(page.getByText("It is meant to have 1 pod, and the target asks for 3.")).toBeVisible();
  await page.getByRole("link", { name: "settings", exact: true }).click();
  await expect(page.getByLabel("Ready pods at least")).toHaveValue("3");
});
