import { expect } from "@playwright/test";
import { expectAccessible } from "./axe.ts";
import { ADMINISTRATOR, invite, signIn, test } from "./product.ts";

for (const next of [
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "https://evil.example",
  "/%2F/evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
])
  test(`sign-in leads nowhere else: next=${JSON.stringify(next)}`, async ({ page, running, session, context }) => {
    // Whoever is signed in already is sent on at once.
    await context.addCookies(session);
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    expect(new URL(page.url()).origin).toBe(running.url);
  });

test("after signing in one is where one wanted to be, with what one had chosen there", async ({ page }) => {
  await page.goto("/models?search=a%26b#x");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("E-mail").fill(ADMINISTRATOR.email);
  await page.getByLabel("Password").fill(ADMINISTRATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/models\?search=a%26b/);
});

test("no header opens a page, names another host, or moves a redirect elsewhere", async ({ playwright, running }) => {
  const request = await playwright.request.newContext({ baseURL: running.url });
  const tricks: Record<string, string>[] = [
    { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
    { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
    { "x-slipway-path": "//evil.example" },
    { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
    { host: "evil.example" },
    { "x-original-url": "/models", "x-rewrite-url": "/models" },
    { "x-nonce": "chosen", "content-security-policy": "script-src *" },
  ];
  for (const headers of tricks) {
    const answer = await request.get("/endpoints?tab=1", { headers, maxRedirects: 0 });
    expect({ headers, status: answer.status() }).toEqual({ headers, status: 307 });
    const to = new URL(answer.headers().location ?? "", running.url);
    expect({ headers, origin: to.origin, path: to.pathname }).toEqual({
      headers,
      origin: running.url,
      path: "/sign-in",
    });
    expect(to.searchParams.get("next")).toBe("/endpoints?tab=1");
    expect(await answer.text()).not.toContain("evil.example");
    expect(answer.headers()["content-security-policy"]).not.toMatch(/chosen|\*/);
  }
  await request.dispose();
});

test("over TLS a browser is told to stay there; over plain http nothing is promised", async ({ request }) => {
  const plain = await request.get("/sign-in");
  expect(plain.headers()["strict-transport-security"]).toBeUndefined();
  const secure = await request.get("/sign-in", { headers: { "x-forwarded-proto": "https" } });
  expect(secure.headers()["strict-transport-security"]).toBe("max-age=31536000");
  for (const name of ["x-content-type-options", "referrer-policy", "x-frame-options"])
    expect(plain.headers()[name]).toMatch(/^(nosniff|same-origin|DENY)$/);
});

test("whoever is disabled is out of an open page at once", async ({ page, running }) => {
  const person = await invite(running, "operator", "Otto Out");
  await signIn(page.request, person);
  await page.goto("/models");
  await expect(page.getByText("live", { exact: true }).first()).toBeVisible();
  await running.api.ok("POST", `/people/${person.id}/disable`);
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fmodels/, { timeout: 5_000 });
});

test("whoever is out while typing keeps what is typed and is told; the page leaves once nothing is", async ({
  page,
  running,
}) => {
  const person = await invite(running, "operator", "Tina Typing");
  await signIn(page.request, person);
  await page.goto("/endpoints");
  await expect(page.getByText("live", { exact: true }).first()).toBeVisible();
  const search = page.getByLabel("Search endpoints by name");
  await search.fill("half a wor");
  await running.api.ok("POST", `/people/${person.id}/disable`);
  await expect(page.getByRole("alert").filter({ hasText: "Your session has ended." })).toBeVisible();
  await expect(search).toHaveValue("half a wor");
  await search.fill("");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fendpoints/);
});

test("whoever has changed the password is told so where to sign in with the new one", async ({ page, running }) => {
  const person = await invite(running, "viewer", "Paula Password");
  await signIn(page.request, person);
  await page.goto("/settings/account");
  await page.getByLabel("Password now").fill(person.password);
  await page.getByLabel("New password").fill("another-password-0123");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fsettings%2Faccount/);
  await expect(page.getByText("Your password is changed. Sign in with the new one.")).toBeVisible();
  await expectAccessible(page);
});

test("an address where nothing is keeps the console around it for whoever is signed in", async ({
  signedIn: page,
  playwright,
  running,
}) => {
  const answer = await page.goto("/nothing/here");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing at this address." })).toBeVisible();
  await page.getByRole("navigation").getByRole("link", { name: "Models" }).first().click();
  await expect(page).toHaveURL(/\/models$/);
  const stranger = await playwright.request.newContext({ baseURL: running.url });
  const told = await stranger.get("/nothing/here");
  expect(told.status()).toBe(404);
  expect(await told.text()).not.toContain('href="/models"');
  await stranger.dispose();
});
