import { expect } from "@playwright/test";
import { INCIDENT } from "./pages.ts";
import { invite, signIn, test } from "./product.ts";
import { STAGE, setIncident, setStage } from "./stage.ts";

const endpoint = `/endpoints/${STAGE.environment}/${STAGE.endpoint}`;
const ANYBODY_BUT_VIEWERS = "only scientists, operators and administrators can do this";
const ON_CALL = "only operators and administrators can do this";
const ADMINISTRATORS = "only administrators can do this";

/** What a viewer sees and may not do: where, which buttons, and who can. */
const FORBIDDEN: readonly [address: string, buttons: readonly (string | RegExp)[], who: string][] = [
  ["/models", ["Register version"], ANYBODY_BUT_VIEWERS],
  ["/models?register=true", ["Register version"], ANYBODY_BUT_VIEWERS],
  [`/models/${STAGE.model}`, ["Register version", "Alias", "champion v1, move"], ANYBODY_BUT_VIEWERS],
  [`/models/${STAGE.model}/versions/1`, ["Deploy"], ANYBODY_BUT_VIEWERS],
  ["/endpoints", ["New endpoint"], ANYBODY_BUT_VIEWERS],
  [endpoint, ["Change traffic"], ANYBODY_BUT_VIEWERS],
  [`${endpoint}?tab=settings`, ["Save targets", /^Delete/], ANYBODY_BUT_VIEWERS],
  [`${endpoint}?tab=changes`, [/^Roll back/, /^Restore #/], ON_CALL],
  [`/incidents/${INCIDENT}`, ["Acknowledge", "Silence", "Resolve…", "Add note"], ON_CALL],
  ["/settings/environments", ["Add environment"], ADMINISTRATORS],
  ["/settings/clusters", ["Add cluster"], ADMINISTRATORS],
  ["/settings/people", ["Invite"], ADMINISTRATORS],
  ["/settings/tokens", ["Make a token"], ADMINISTRATORS],
];

for (const role of ["scientist", "operator", "viewer"] as const)
  test(`${role}: home is the overview, as there is no A/B test to look at yet`, async ({ page, running }) => {
    const person = await invite(running, role, `Home of ${role}`);
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/:\d+\/$/);
    const here = page.getByRole("navigation").first().getByRole("link", { name: "Overview" });
    await expect(here).toHaveAttribute("aria-current", "page");
  });

test("what a viewer may not do is there, does nothing, and says who can", async ({ page, running }) => {
  const incident = await setIncident(running.api);
  await signIn(page.request, await invite(running, "viewer", "Vic Viewer"));
  for (const [address, buttons, who] of FORBIDDEN) {
    await page.goto(address.replace(INCIDENT, incident));
    for (const name of buttons) {
      const button = page.getByRole("button", { name, exact: typeof name === "string" }).first();
      await expect(button, `${name} of ${address}`).toBeDisabled();
      await button.focus();
      await expect(button, `${name} of ${address}`).toBeFocused();
      await expect(page.getByRole("tooltip").filter({ hasText: who }), `${name} of ${address}`).toBeVisible();
      await button.press("Enter");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
  }
});

test("a scientist may not deploy to production and is told so before the click", async ({ page, running }) => {
  const { api } = running;
  await setStage(api);
  const [{ cluster }] = (await api.ok("GET", "/environments")).items;
  const production = { name: "zone", cluster, namespace: "slipway-zone", kind: "production" };
  await api.ok("POST", "/environments", { ...production, gatewayUrl: "http://127.0.0.1:9" });
  try {
    await signIn(page.request, await invite(running, "scientist", "Pia Production"));
    await page.goto(`/models/${STAGE.model}/versions/1?deploy=true`);
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("button", { name: "New", exact: true }).click();
    await expect(sheet.getByRole("button", { name: "Deploy", exact: true })).toBeEnabled();
    await sheet.getByRole("combobox", { name: "Environment" }).click();
    await page.getByRole("option", { name: "zone" }).click();
    for (const name of ["Preview", "Deploy"])
      await expect(sheet.getByRole("button", { name, exact: true })).toBeDisabled();
    await expect(sheet.getByText("only operators and administrators can do this in production").nth(1)).toBeVisible();
  } finally {
    await api.ok("DELETE", "/environments/zone");
  }
});
