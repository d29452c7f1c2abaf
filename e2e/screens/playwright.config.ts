import { defineConfig } from "@playwright/test";
import { CHROMIUM } from "../support/chromium.ts";

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  outputDir: "../../node_modules/.cache/screens",
  timeout: 180_000,
  expect: { timeout: 20_000 },
  // Each with a product of its own. Files begin in the order of their names: the first needs an empty product.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    actionTimeout: 20_000,
    // The first of the looks (axe.ts): a menu closes when its window takes another size.
    viewport: { width: 1280, height: 800 },
    browserName: "chromium",
    launchOptions: CHROMIUM,
    screenshot: "only-on-failure",
  },
});
