import { expect } from "@playwright/test";
import { aScalingModel } from "../../test/factories/onnx.ts";
import { ADMINISTRATOR, test } from "./product.ts";

// First of all files by name, while nothing is there yet: a newcomer's first minutes, told in order.

const file = (name: string, factor: number) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(aScalingModel(factor)),
});

test("a newcomer signs in, registers two models, deploys, tries, splits, rolls back and undoes it", async ({
  page,
}) => {
  await page.goto("/models");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fmodels$/);
  await page.getByLabel("E-mail").fill(ADMINISTRATOR.email);
  await page.getByLabel("Password").fill(ADMINISTRATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/models$/);

  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Put a first model into production." })).toBeVisible();
  await page.getByRole("link", { name: "Register" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.locator("input[type=file]").setInputFiles(file("scaler.onnx", 2));
  await expect(sheet.getByText(/^Stored, /)).toBeVisible();
  await expect(sheet.getByLabel("Name of the new model")).toHaveValue("scaler");
  await sheet.getByRole("button", { name: "Register", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "scaler v1" })).toBeVisible();
  await expect(page.getByRole("table").getByRole("cell", { name: "x", exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Deploy", exact: true }).first().click();
  await sheet.getByLabel("Name", { exact: true }).fill("scaling");
  await sheet.getByRole("button", { name: "Deploy", exact: true }).click();
  await expect(page).toHaveURL(/\/endpoints\/local\/scaling/);
  await expect(page.getByText("0 wrong answers since").first()).toBeVisible({ timeout: 60_000 });

  await page.getByRole("tab", { name: "Try it" }).click();
  await page.getByRole("tabpanel").getByRole("textbox").first().fill("21");
  await page.getByRole("button", { name: "Predict" }).click();
  await expect(page.getByRole("region", { name: "Answer of v1 · r1" })).toContainText("42");

  await page.goto("/models/scaler");
  await page.getByRole("button", { name: "Register version" }).click();
  await sheet.locator("input[type=file]").setInputFiles(file("scaler.onnx", 3));
  await sheet.getByRole("button", { name: "Register", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "scaler v2" })).toBeVisible();
  await page.getByRole("button", { name: "Deploy", exact: true }).first().click();
  await expect(sheet.getByRole("radio", { name: "scaling in local" })).toBeChecked();
  await sheet.getByRole("button", { name: "Deploy", exact: true }).click();
  await expect(page.getByRole("row", { name: /v2 · r2/ })).toContainText("1/1", { timeout: 60_000 });

  await page.getByRole("button", { name: "Change traffic" }).click();
  await sheet.getByLabel("Share of v1 · r1 in percent").fill("60");
  await sheet.getByLabel("Share of v2 · r2 in percent").fill("40");
  await sheet.getByLabel("Reason").fill("A first comparison");
  await expect(sheet.getByText("40 % of users move from v1 · r1 to v2 · r2.")).toBeVisible();
  await sheet.getByRole("button", { name: "Change at once" }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByRole("region", { name: "Progress of change #3" })).toContainText("0 wrong answers since");
  await expect(page.getByRole("row", { name: /v2 · r2/ })).toContainText("40 %");

  await page.getByRole("button", { name: /^Roll back to v1/ }).click();
  await expect(sheet).toContainText("Repeats change");
  await sheet.getByRole("button", { name: /^Roll back to v1/ }).click();
  await expect(page.getByRole("region", { name: "Progress of change #4" })).toContainText("0 wrong answers since");
  await page.getByRole("button", { name: /^Undo: back to #3/ }).click();
  await expect(page.getByRole("region", { name: "Progress of change #5" })).toContainText("0 wrong answers since");
  await expect(page.getByRole("row", { name: /v2 · r2/ })).toContainText("40 %");
});

test("an open overview shows what others do, without reload", async ({ signedIn: page, running: { api } }) => {
  await page.goto("/");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await api.register("doubler", aScalingModel(2));
  await api.ok("POST", "/endpoints", { name: "double", environment: "local" });
  await api.deploy("double", "doubler", "1");
  const row = page.getByRole("row", { name: /double/ });
  await expect(row.getByText("v1 100 %")).toBeVisible();
  await expect(row.getByText("Healthy")).toBeVisible({ timeout: 60_000 });
});
