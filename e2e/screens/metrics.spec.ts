import { expect, type Page } from "@playwright/test";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { aLinearModel, aScalingModel } from "../../test/factories/onnx.ts";
import { steadyLoad, unitsNamed } from "../support/load.ts";
import { until } from "../support/until.ts";
import { test } from "./product.ts";
import { ready, SHORT_OF_PODS, STAGE, setIncident, split } from "./stage.ts";

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

test("a candidate that takes another input than callers send is named for what it refuses, in figures and on charts", async ({
  signedIn: page,
  running: { api, gatewayUrl },
}) => {
  const NAME = "narrow";
  await api.register(NAME, aScalingModel(2));
  await api.register(NAME, aLinearModel());
  await api.ok("POST", "/endpoints", { name: NAME, environment: STAGE.environment });
  for (const version of ["1", "2"]) await api.deploy(NAME, NAME, version);
  await api.applied(NAME);
  await ready(api, NAME);
  const body = JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [7] }] });
  const load = steadyLoad({ url: gatewayUrl, endpoint: NAME, body }, 20, unitsNamed(200));
  try {
    await api.traffic(NAME, split(50, 50), "Half, to be quick");

    await page.goto(screenPaths.endpoint(STAGE.environment, NAME));
    const refuses = page.getByText(/v2 · r2 refuses 100 % of its requests, v1 · r1 0 % \(target 1 %\)/);
    await expect(refuses.first()).toBeVisible({ timeout: 60_000 });
    const candidate = page.getByRole("region", { name: "Revisions" }).getByRole("row", { name: /r2/ });
    await expect(candidate).toContainText("0 % · 100 % refused");
    const chip = chart(page, "Errors").getByRole("button", { name: "refused (4xx)" });
    await expect(chip).toHaveAttribute("aria-pressed", "true");
    await expect(chart(page, "Errors").locator(".recharts-line-curve")).toHaveCount(4);
    await chip.click();
    await expect(chart(page, "Errors").locator(".recharts-line-curve")).toHaveCount(2);

    const opened = await until("an incident", async () => {
      const { items } = await api.ok("GET", "/incidents?state=open");
      return items.find(({ endpoint }: { endpoint: string }) => endpoint === NAME)?.id;
    });
    await page.goto(screenPaths.incident(opened));
    await expect(scale(page, "What broke: errors and refusals (4xx)").last()).toHaveText("100 %");
    await api.ok("POST", `/endpoints/${NAME}/rollback`, {});
    await api.applied(NAME);
  } finally {
    await load.stop();
  }
});
