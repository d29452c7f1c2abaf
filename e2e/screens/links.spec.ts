import { expect } from "@playwright/test";
import { test } from "./product.ts";

test("a page asks for no other page until somebody points at its link, or reaches it by keyboard", async ({
  signedIn: page,
}) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (searchParams.has("_rsc")) asked.push(pathname);
  });
  await page.goto("/endpoints");
  await expect(page.getByText("live", { exact: true }).first()).toBeVisible();
  await page.waitForLoadState("load");
  const main = page.getByRole("navigation", { name: "Main" });
  await main.getByRole("link", { name: "Models" }).hover();
  await expect.poll(() => asked).toContain("/models");
  await main.getByRole("link", { name: "Audit" }).focus();
  await expect.poll(() => asked).toContain("/audit");
  expect(new Set(asked)).toEqual(new Set(["/models", "/audit"]));
});

test("who is not signed in is told that there is nothing at an address, with 404", async ({ page }) => {
  const answer = await page.goto("/nothing/here");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing at this address.");
  await expect(page.getByRole("navigation")).toHaveCount(0);
});
