import { expect, type Locator, type Page } from "@playwright/test";
import { expectAccessible } from "./axe.ts";
import { invite, signIn, test } from "./product.ts";
import { ready, STAGE, setStage, split } from "./stage.ts";

const model = `/models/${STAGE.model}`;
const endpoint = `/endpoints/${STAGE.environment}/${STAGE.endpoint}`;
const button = (page: Page | Locator, name: string | RegExp) =>
  page.getByRole("button", { name, exact: typeof name === "string" }).first();
const press = (name: string | RegExp) => (page: Page) => button(page, name).click();

/** Whatever opens over a page: where, by what, and what is there then. */
const OVERLAYS: readonly [
  what: string,
  address: string,
  open: (page: Page) => Promise<void>,
  shown: "dialog" | "menu",
][] = [
  ["search", "/", (page) => page.keyboard.press("ControlOrMeta+k"), "dialog"],
  ["the account menu", "/", press("Account and theme"), "menu"],
  ["the bell", "/audit", press(/incident/), "menu"],
  ["Register a version", "/models", press("Register version"), "dialog"],
  ["Deploy", `${model}/versions/1`, press("Deploy"), "dialog"],
  ["a new endpoint", "/endpoints", press("New endpoint"), "dialog"],
  ["Change traffic", endpoint, press("Change traffic"), "dialog"],
  ["Roll back", endpoint, press(/^Roll back/), "dialog"],
  ["an endpoint's menu", endpoint, press("More actions"), "menu"],
  ["a pod's log", `${endpoint}?tab=pods`, press(/^Log of/), "dialog"],
  ["a new person", "/settings/people", press("Invite"), "dialog"],
  ["a new token", "/settings/tokens", press("Make a token"), "dialog"],
  ["a new environment", "/settings/environments", press("Add environment"), "dialog"],
];

test.describe.configure({ mode: "parallel" });
test.beforeAll(({ running: { api } }) => setStage(api));

for (const [what, address, open, shown] of OVERLAYS)
  test(`${what}, opened, has no accessibility violation`, async ({ signedIn: page }) => {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText("live", { exact: true }).first()).toBeVisible();
    await open(page);
    await expect(page.getByRole(shown).first()).toBeVisible();
    await expectAccessible(page, ["light", "dark"]);
    await expect(page.getByRole(shown).first()).toBeVisible();
  });

test("a sheet at 360 px, and one that was refused, have no accessibility violation", async ({ signedIn: page }) => {
  await page.goto("/models");
  await button(page, "Register version").click();
  const sheet = page.getByRole("dialog");
  await sheet
    .locator("input[type=file]")
    .setInputFiles({ name: "no.onnx", mimeType: "application/octet-stream", buffer: Buffer.from("no model") });
  await sheet.getByRole("button", { name: "Register", exact: true }).click();
  await expect(sheet).toContainText("What you entered is kept.");
  await expectAccessible(page);
});

test("a press beside a sheet closes it, and not once something was typed; then Escape asks first", async ({
  signedIn: page,
}) => {
  await page.goto("/endpoints");
  const beside = () => page.mouse.click(20, 400);
  const sheet = page.getByRole("dialog");
  await button(page, "New endpoint").click();
  await expect(sheet).toBeVisible();
  await beside();
  await expect(sheet).toBeHidden();
  await button(page, "New endpoint").click();
  await sheet.getByRole("textbox").first().fill("kept");
  await beside();
  await expect(sheet.getByRole("textbox").first()).toHaveValue("kept");
  await page.keyboard.press("Escape");
  await expect(sheet.getByRole("status").last()).toHaveText("Escape again closes this.");
  await sheet.getByRole("textbox").first().fill("kept-too");
  await page.keyboard.press("Escape");
  await expect(sheet.getByRole("textbox").first()).toHaveValue("kept-too");
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
});

test("shares that were set by buttons are not lost to a press beside them", async ({ signedIn: page }) => {
  await page.goto(endpoint);
  await button(page, "Change traffic").click();
  const sheet = page.getByRole("dialog", { name: "Change traffic" });
  await sheet.getByRole("combobox", { name: "Role of v1 · r1" }).click();
  await page.getByRole("option", { name: "Off" }).click();
  await sheet.getByRole("button", { name: "Give v2 · r2 the rest" }).click();
  await page.mouse.click(20, 400);
  await page.keyboard.press("Escape");
  await expect(sheet.getByRole("status").last()).toHaveText("Escape again closes this.");
  await expect(sheet.getByLabel("Share of v2 · r2 in percent")).toHaveValue("100");
});

test("a reason that was typed for a rollback stays when another plan is chosen", async ({
  signedIn: page,
  running: { api },
}) => {
  const name = "nowhere-to-go";
  await api.ok("POST", "/endpoints", { name, environment: STAGE.environment });
  for (const version of ["1", "2"]) {
    await api.deploy(name, STAGE.model, version);
    await api.applied(name);
  }
  await ready(api, name);
  for (const shares of [split(50, 50), split(20, 80)]) {
    await api.traffic(name, shares);
    await api.applied(name);
  }
  // After which no plan qualifies by itself, and a person may name one.
  await api.ok("POST", `/endpoints/${name}/rollback`, {});
  await api.applied(name);
  await page.goto(`/endpoints/${STAGE.environment}/${name}`);
  await button(page, "Choose an earlier plan…").click();
  const dialog = page.getByRole("dialog");
  // None is chosen for somebody: the newest is the one that was just left.
  const plan = dialog.getByRole("combobox", { name: "Earlier changes" });
  await expect(button(dialog, "Roll back")).toBeDisabled();
  await plan.click();
  await page.getByRole("option", { name: /^#4 / }).click();
  await expect(dialog).toContainText("Against #4: it ");
  const reason = dialog.getByLabel("Reason in your own words");
  await reason.fill("It answers nonsense");
  await plan.click();
  await page.getByRole("option", { name: /^#3 / }).click();
  await expect(plan).toContainText("#3 ");
  await expect(reason).toHaveValue("It answers nonsense");
});

test("what a viewer may not do has no accessibility violation, and says who can", async ({ page, running }) => {
  await signIn(page.request, await invite(running, "viewer", "Vera Viewer"));
  await page.goto(endpoint);
  await button(page, "Change traffic").focus();
  await expect(page.getByRole("tooltip").first()).toContainText("only");
  await expectAccessible(page, ["light", "dark", "360 px"]);
});
