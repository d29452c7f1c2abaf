import { expect } from "@playwright/test";
import { test } from "./product.ts";
import { STAGE, setStage } from "./stage.ts";

const ADDRESS = `/endpoints/${STAGE.environment}/${STAGE.endpoint}?tab=logs`;

test.beforeAll(({ running: { api } }) => setStage(api));

test("logs have an address: another pod is chosen by keyboard, and whoever gets the address reads the same", async ({
  signedIn: page,
  running: { api },
}) => {
  await page.goto(ADDRESS);
  const log = page.getByRole("tabpanel", { name: "Logs" }).locator("pre");
  await expect(log).toContainText("inference thread ready");
  const pod = page.getByRole("combobox", { name: "Pod" });
  await expect(pod).toContainText("v2 · r2");
  await pod.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: /^v1 · r1/ }).press("Enter");
  await expect(pod).toContainText("v1 · r1");
  await expect(log).toContainText("inference thread ready");
  const { items } = await api.ok("GET", `/endpoints/${STAGE.endpoint}/pods`);
  const [first] = items.find(({ revision }: { revision: number }) => revision === 1).pods;
  await expect(page).toHaveURL(`${ADDRESS}&pod=${first.name}`);
  await page.reload();
  await expect(pod).toContainText(first.name);
});

test("the log of a pod that is gone is not passed off as another's", async ({ signedIn: page }) => {
  await page.goto(`${ADDRESS}&pod=stage-r1-gone`);
  await expect(page.getByText("Pod stage-r1-gone is gone, and its log with it.")).toBeVisible();
});
