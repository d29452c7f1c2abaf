import { expect } from "@playwright/test";
import { aScalingModel } from "../../test/factories/onnx.ts";
import { test } from "./product.ts";

// One story, told in order; each part begins where the one before ended.
test.describe.configure({ mode: "serial" });

test("an empty product says what to do first", async ({ signedIn: page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Put a first model into production." })).toBeVisible();
  await expect(page.getByRole("link", { name: "Register" })).toBeVisible();
});

test("an open overview shows what others do, without reload", async ({ signedIn: page, running: { api } }) => {
  await page.goto("/");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await api.register("doubler", aScalingModel(2));
  await expect(page.getByRole("link", { name: "Deploy" })).toBeVisible();
  await api.ok("POST", "/endpoints", { name: "double", environment: "local" });
  await api.deploy("double", "doubler", "1");
  const row = page.getByRole("row", { name: /double/ });
  await expect(row.getByText("v1 100 %")).toBeVisible();
  await expect(row.getByText("Healthy")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("heading", { name: "The only endpoint, double, is healthy." })).toBeVisible();
});
