import { expect, type Page } from "@playwright/test";
import { test } from "./product.ts";
import { STAGE, setStage, split } from "./stage.ts";

const endpoint = `/endpoints/${STAGE.environment}/${STAGE.endpoint}`;
const version = `/models/${STAGE.model}/versions/1`;

test.beforeAll(({ running: { api } }) => setStage(api));

test("where a version is live is said to be unknown when it cannot be read, never nowhere", async ({
  signedIn: page,
}) => {
  await refuse(page, "endpoint.serving");
  await page.goto(`${version}?tab=live`);
  await expect(page.getByText("Where it is live is not known now.")).toBeVisible();
  await expect(page.getByText("Where this version is live cannot be read now.")).toHaveCount(2);
  await page.goto(`${version}?tab=use`);
  await expect(page.getByText("Where it is deployed is not known now")).toBeVisible();
  await page.goto(`${version}?deploy=true`);
  await expect(page.getByRole("dialog").getByRole("button", { name: "Existing" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
});

test("versions that cannot be read are not said to be none", async ({ signedIn: page }) => {
  await refuse(page, "version.list");
  await page.goto(`/models/${STAGE.model}`);
  await expect(page.getByText("The list cannot be read now.")).toBeVisible();
  await expect(page.getByText("This model has no version yet")).toHaveCount(0);
});

test("an endpoint's menu leads to what was done to it", async ({ signedIn: page }) => {
  await page.goto(endpoint);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Audit log" }).click();
  await expect(page).toHaveURL(`/audit?q=${STAGE.endpoint}&kind=endpoint`);
  await expect(page.getByRole("combobox", { name: "Kind" })).toHaveText("endpoint");
});

test("the chosen environment goes along by key and by search", async ({ signedIn: page }) => {
  await page.goto(`/?environment=${STAGE.environment}`);
  await expect(page.getByText("live", { exact: true }).first()).toBeVisible();
  // The second key has to come soon after the first.
  await expect(async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await expect(page).toHaveURL(`/endpoints?environment=${STAGE.environment}`, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("dialog").getByRole("option", { name: "Incidents" }).click();
  await expect(page).toHaveURL(`/incidents?environment=${STAGE.environment}`);
});

test("on a phone too the list of endpoints names the environment of each", async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`/endpoints?q=${STAGE.endpoint}`);
  const row = page.getByRole("row", { name: new RegExp(`^${STAGE.endpoint}|${STAGE.endpoint} `) }).first();
  await expect(row.getByText(STAGE.environment, { exact: true })).toBeInViewport({ ratio: 1 });
});

test("what is pressed without a network fails at once and is not sent when it is back; the page says that it is old", async ({
  signedIn: page,
  context,
  running: { api },
}) => {
  await api.traffic(STAGE.endpoint, split(60, 40));
  const { plan } = await api.applied(STAGE.endpoint);
  await page.goto(`${endpoint}?rollback=0`);
  const press = page.getByRole("dialog").getByRole("button", { name: /^Roll back to v1/ });
  await expect(press).toBeEnabled();
  await context.setOffline(true);
  await expect(page.getByText(/^Stale since .*: this device is offline\.$/)).toBeVisible();
  await press.click();
  await expect(page.getByRole("dialog")).toContainText("It is not known whether it was rolled back.");
  await context.setOffline(false);
  await expect(page.getByText(/^Stale since/)).toBeHidden();
  expect((await api.ok("GET", `/endpoints/${STAGE.endpoint}`)).plan.number).toBe(plan.number);
});

test("Enter in a health target saves it", async ({ signedIn: page, running: { api } }) => {
  await page.goto(`${endpoint}?tab=settings`);
  const field = page.getByLabel("p99 at most (ms)");
  await field.fill("900");
  await field.press("Enter");
  await expect(page.getByText("Health is judged by the new targets.")).toBeVisible();
  expect((await api.ok("GET", `/endpoints/${STAGE.endpoint}`)).healthTargets.latencyMsP99Max).toBe(900);
});

/** Of a batch, this one query fails on our side. */
const refuse = (page: Page, query: string) =>
  page.route(`**/api/trpc/*${query}*`, async (route) => {
    const response = await route.fetch();
    const names = new URL(route.request().url()).pathname.split("/").at(-1)?.split(",") ?? [];
    const answers: unknown[] = await response.json();
    const error = { message: "It broke.", code: -32_603, data: { code: "INTERNAL_SERVER_ERROR", domain: null } };
    await route.fulfill({
      response,
      json: answers.map((answer, index) => (names[index] === query ? { error } : answer)),
    });
  });
