import { expect } from "@playwright/test";
import { aScalingModel } from "../../test/factories/onnx.ts";
import { invite, signIn, test } from "./product.ts";
import { ready, split } from "./stage.ts";

const NAME = "shared";

test("of two people on one endpoint the second is refused with who, when and why, and keeps the input", async ({
  browser,
  signedIn: page,
  running,
}) => {
  const { api } = running;
  for (const factor of [2, 3]) await api.register(NAME, aScalingModel(factor));
  await api.ok("POST", "/endpoints", { name: NAME, environment: "local" });
  for (const version of ["1", "2"]) await api.deploy(NAME, NAME, version);
  await api.applied(NAME);
  await ready(api, NAME);

  await page.goto(`/endpoints/local/${NAME}?change=traffic`);
  const sheet = page.getByRole("dialog", { name: "Change traffic" });
  await sheet.getByLabel("Share of v1 · r1 in percent").fill("70");
  await sheet.getByLabel("Share of v2 · r2 in percent").fill("30");
  await sheet.getByLabel("Reason").fill("My own idea");

  // A third revision, which the sheet has never heard of.
  await api.deploy(NAME, NAME, "2");
  await api.applied(NAME);
  await expect(sheet).toContainText("From change #2.");

  const other = await browser.newContext({ baseURL: running.url });
  try {
    const page = await other.newPage();
    await signIn(page.request, await invite(running, "scientist", "Sara Second"));
    await page.goto(`/endpoints/local/${NAME}?change=traffic`);
    await page.getByLabel("Share of v1 · r1 in percent").fill("95");
    await page.getByLabel("Share of v2 · r2 in percent").fill("5");
    await page.getByLabel("Reason").fill("Careful first step");
    await page.getByRole("button", { name: "Change at once" }).click();
    await expect(page.getByRole("dialog", { name: "Change traffic" })).toBeHidden();
  } finally {
    await other.close();
  }

  // Told before one tries; and whoever tries all the same is refused.
  await expect(sheet).toContainText(/Sara Second changed traffic .*#4/);
  await sheet.getByRole("button", { name: "Change at once" }).click();
  await expect(sheet).toContainText(/Sara Second changed traffic .*#4/);
  await expect(sheet).toContainText("“Careful first step” Your input is kept; nothing was saved.");
  await expect(sheet.getByLabel("Share of v2 · r2 in percent")).toHaveValue("30");
  await expect(sheet.getByLabel("Reason")).toHaveValue("My own idea");
  expect((await api.ok("GET", `/endpoints/${NAME}`)).plan.entries).toMatchObject(split(95, 5, 0));

  await sheet.getByRole("button", { name: "Keep mine, on top of #4" }).click();
  await expect(sheet.getByLabel("Share of v2 · r3 in percent")).toHaveValue("0");
  await sheet.getByRole("button", { name: "Change at once" }).click();
  await expect(sheet).toBeHidden();
  expect((await api.ok("GET", `/endpoints/${NAME}`)).plan).toMatchObject({ number: 5, entries: split(70, 30, 0) });
});
