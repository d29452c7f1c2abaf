import { utimes, writeFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { aDenseNetwork, aScalingModel } from "../../test/factories/onnx.ts";
import { expectAccessible } from "./axe.ts";
import { test } from "./product.ts";

const file = (name: string, bytes: Uint8Array | string) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(bytes),
});

test("what is said of one file is not said of the next, which gives the model its own name", async ({
  signedIn: page,
}) => {
  await page.goto("/models?register=true");
  const sheet = page.getByRole("dialog", { name: "Register a version" });
  const name = sheet.getByLabel("Name of the new model");
  const register = sheet.getByRole("button", { name: "Register", exact: true });
  await sheet.locator("input[type=file]").setInputFiles(file("notes.onnx", "words"));
  await expect(name).toHaveValue("notes");
  await expect(register).toBeEnabled();
  await register.click();
  await expect(sheet.getByText("This file cannot be served.")).toBeVisible();

  await sheet.locator("input[type=file]").setInputFiles(file("scaling.onnx", aScalingModel(2)));
  await expect(sheet.getByText("This file cannot be served.")).toBeHidden();
  await expect(name).toHaveValue("scaling");

  await name.fill("typed");
  await sheet.locator("input[type=file]").setInputFiles(file("other.onnx", aScalingModel(3)));
  await expect(sheet.getByText("other.onnx", { exact: true })).toBeVisible();
  await expect(name).toHaveValue("typed");
});

test("an upload whose connection breaks goes on by itself, and begins no other one because the server is away", async ({
  signedIn: page,
}) => {
  const pieces: string[] = [];
  await page.route(/\/api\/uploads/, async (route) => {
    const request = route.request();
    pieces.push(`${request.method()} ${request.headers()["upload-offset"] ?? ""}`.trim());
    if (pieces.length === 2) return route.abort("connectionreset");
    if (pieces.length === 3) return route.fulfill({ status: 503 });
    await route.continue();
  });
  await page.goto("/models?register=true");
  const sheet = page.getByRole("dialog", { name: "Register a version" });
  await sheet.locator("input[type=file]").setInputFiles(file("broken-off.onnx", aScalingModel(5)));
  await expect(sheet.getByRole("status").filter({ hasText: /^Stored/ })).toBeVisible();
  expect(pieces).toEqual(["POST", "PATCH 0", "HEAD", "HEAD", "PATCH 0", "GET"]);
});

test("a session that ends while one registers takes nothing that was typed, and one goes on after signing in", async ({
  signedIn: page,
  context,
  session,
}) => {
  await page.goto("/models?register=true");
  const sheet = page.getByRole("dialog", { name: "Register a version" });
  const register = sheet.getByRole("button", { name: "Register", exact: true });
  await sheet.locator("input[type=file]").setInputFiles(file("outlived.onnx", aScalingModel(2)));
  await sheet.getByLabel("What changed").fill("Typed for ten minutes.");
  await expect(register).toBeEnabled();
  await context.clearCookies();
  await register.click();
  await expect(sheet.getByText("sign in in another tab")).toBeVisible();
  await context.addCookies(session);
  await register.click();
  await expect(page).toHaveURL(/\/models\/outlived\/versions\/1/);
  await expect(page.getByText("Typed for ten minutes.")).toBeVisible();
});

test("a session that ends behind a form leaves it open, says so as long as that is so, and takes what was typed after it", async ({
  signedIn: page,
  context,
  session,
  running,
}) => {
  await page.goto("/models?register=true");
  const sheet = page.getByRole("dialog", { name: "Register a version" });
  await sheet.locator("input[type=file]").setInputFiles(file("kept.onnx", aScalingModel(2)));
  await sheet.getByLabel("What changed").fill("Typed for an hour.");
  const register = sheet.getByRole("button", { name: "Register", exact: true });
  await expect(register).toBeEnabled();
  await expect(page.getByText("live", { exact: true }).first()).toBeVisible();
  await context.clearCookies();
  // The page hears of it, asks for the list behind the form, and is refused.
  await running.api.ok("POST", "/models", { name: "meanwhile" });
  const ended = sheet.getByRole("alert").filter({ hasText: "Your session has ended." });
  await expect(ended).toContainText("Sign in in another tab, then go on here.");
  const link = ended.getByRole("link", { name: "Sign in in a new tab" });
  await expect(link).toHaveAttribute("href", "/sign-in?next=%2Fmodels&why=ended");
  await expect(link).toHaveAttribute("target", "_blank");
  await expectAccessible(page, ["light", "dark", "360 px"]);
  await context.addCookies(session);
  await expect(ended).toBeHidden();
  await register.click();
  await expect(page).toHaveURL(/\/models\/kept\/versions\/1/);
  await expect(page.getByText("Typed for an hour.")).toBeVisible();
});

test("a second press on Register makes no second version", async ({ signedIn: page, running: { api } }) => {
  await api.ok("POST", "/models", { name: "pressed" });
  await page.goto("/models/pressed");
  await page.getByRole("button", { name: "Register version" }).click();
  const sheet = page.getByRole("dialog", { name: "Register a version of pressed" });
  await sheet.locator("input[type=file]").setInputFiles(file("pressed.onnx", aScalingModel(2)));
  const register = sheet.getByRole("button", { name: "Register", exact: true });
  await expect(register).toBeEnabled();
  // Both before the page is drawn anew.
  await register.evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
  });
  await expect(page).toHaveURL(/\/models\/pressed\/versions\/1/);
  expect((await api.ok("GET", "/models/pressed/versions")).items).toHaveLength(1);
});

test("labels that cannot be those of the model's outputs are refused at their field, with both numbers", async ({
  signedIn: page,
}) => {
  await page.goto("/models?register=true");
  const sheet = page.getByRole("dialog", { name: "Register a version" });
  const labels = sheet.getByLabel("Class labels");
  await sheet.locator("input[type=file]").setInputFiles(file("digits.onnx", aDenseNetwork(10, 1)));
  await labels.fill("zero, one, two");
  const register = sheet.getByRole("button", { name: "Register", exact: true });
  await expect(register).toBeEnabled();
  await register.click();
  await expect(labels).toHaveAccessibleDescription(/3 labels do not fit .*10 values in y/);
  await labels.fill("");
  await register.click();
  await expect(page).toHaveURL(/\/models\/digits\/versions\/1/);
});

test("a file that is changed while it is sent is told from a connection that breaks, and chosen again", async ({
  signedIn: page,
}, info) => {
  const path = info.outputPath("changing.onnx");
  await writeFile(path, aScalingModel(7));
  let isChanged = false;
  await page.route("**/api/uploads/*", async (route) => {
    if (isChanged) return route.continue();
    isChanged = true;
    const later = Date.now() / 1_000 + 60;
    await utimes(path, later, later);
    await route.abort("failed");
  });
  await page.goto("/models?register=true");
  const sheet = page.getByRole("dialog", { name: "Register a version" });
  await sheet.locator("input[type=file]").setInputFiles(path);
  await expect(sheet.getByText("The file cannot be read any more: was it moved or changed?")).toBeVisible();
  await expect(sheet.getByRole("button", { name: "Send again" })).toBeHidden();
  const chooser = page.waitForEvent("filechooser");
  await sheet.getByRole("button", { name: "Choose again" }).click();
  await (await chooser).setFiles(path);
  await expect(sheet.getByRole("status").filter({ hasText: /^Stored/ })).toBeVisible();
});

test("nobody is told to deploy or to call a version that cannot be served", async ({ signedIn: page, running }) => {
  await running.api.call("POST", "/models", { name: "stored" });
  const { digest } = await running.api.ok("PUT", "/artifacts", new TextEncoder().encode("<PMML/>"));
  const { version } = await running.api.ok("POST", "/models/stored/versions", { artifact: digest, format: "pmml" });
  await page.goto(`/models/stored/versions/${version}?tab=use`);
  await expect(page.getByText("This version cannot be served, so there is nothing to ask.")).toBeVisible();
  await expect(page.getByText("This version cannot be served, so no application can ask it.")).toBeVisible();
  await expect(page.getByText("Deploy this version, then")).toBeHidden();
  await expectAccessible(page);
});
