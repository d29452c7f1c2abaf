import { expect } from "@playwright/test";
import { test } from "./product.ts";
import { STAGE, setStage } from "./stage.ts";

test.beforeAll(({ running: { api } }) => setStage(api));

test("a model's page tells where its versions came from and what was done to it", async ({ signedIn: page }) => {
  await page.goto(`/models/${STAGE.model}`);
  const card = (title: string) => page.locator("section", { has: page.getByRole("heading", { name: title }) });
  await expect(card("Events").getByText(/set alias champion of stage to v1/)).toBeVisible();
  await expect(card("Events").getByText(/registered version stage v2/)).toBeVisible();
  await expect(card("Lineage").getByText(/^data s3:\/\/numbers\//)).toHaveCount(2);
  await card("Events").getByRole("link", { name: "All in the audit log" }).click();
  await expect(page).toHaveURL("/audit?q=stage");
});
