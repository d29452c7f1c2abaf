import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// Debian's where there is one; elsewhere the one that `playwright install` brings.
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

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
    browserName: "chromium",
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      // Chromium's own sandbox refuses to run as root, as in containers.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
    screenshot: "only-on-failure",
  },
});
