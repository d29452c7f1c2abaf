import { expect } from "@playwright/test";
import { aScalingModel } from "../../test/factories/onnx.ts";
import { invite, signIn, test } from "./product.ts";
import { ready, split } from "./stage.ts";

const NAME = "two-models";
const ADDRESS = `/endpoints/local/${NAME}?tab=changes`;

test.beforeAll(async ({ running: { api } }) => {
  if ((await api.call("GET", `/endpoints/${NAME}`)).status === 200) return;
  await api.ok("POST", "/endpoints", { name: NAME, environment: "local" });
  for (const [index, model] of ["two-tree", "two-net"].entries()) {
    await api.register(model, aScalingModel(index + 2));
    await api.deploy(NAME, model, "1");
    await api.applied(NAME);
  }
  await ready(api, NAME);
  await api.traffic(NAME, split(80, 20));
  await api.applied(NAME, 3);
});

test("where two models have a v1, every place that names a version names its model", async ({ signedIn: page }) => {
  await page.goto(ADDRESS);
  await expect(page.getByRole("button", { name: "Roll back to two-tree v1" })).toBeVisible();
  await expect(page.getByRole("img", { name: "Traffic: two-tree v1 80 %, two-net v1 20 %" }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /two-net v1 · r2/ })).toContainText("20 %");
  const changes = page.getByRole("list", { name: "Changes, newest first" });
  await expect(changes.getByRole("listitem").last()).toContainText("two-tree v1 100 %");
  await page.getByRole("button", { name: "Change traffic" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Share of two-tree v1 · r1 in percent").fill("70");
  await sheet.getByLabel("Share of two-net v1 · r2 in percent").fill("30");
  await expect(sheet.getByText("10 % of users move from two-tree v1 · r1 to two-net v1 · r2.")).toBeVisible();
  await expect(sheet.getByText(/two-net v1 · r2 takes and answers what two-tree v1 does/)).toBeVisible();
});

test("a button waits with its request: it says so, and a second press does nothing", async ({ signedIn: page }) => {
  await page.goto(ADDRESS);
  const asked: string[] = [];
  const answer = Promise.withResolvers<void>();
  await page.route("**/api/trpc/endpoint.putTraffic**", async (route) => {
    asked.push(route.request().url());
    await answer.promise;
    await route.continue();
  });
  await page.getByRole("button", { name: "Change traffic" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Share of two-tree v1 · r1 in percent").fill("90");
  await sheet.getByLabel("Share of two-net v1 · r2 in percent").fill("10");
  const save = sheet.getByRole("button", { name: "Change at once" });
  await save.click();
  await expect(save).toHaveAttribute("aria-busy", "true");
  await save.click({ force: true });
  await save.press("Enter");
  // In place of its words, which keep their room.
  await expect(save).toHaveCSS("color", "rgba(0, 0, 0, 0)");
  await expect(save.locator("svg")).toHaveCSS("opacity", "1");
  answer.resolve();
  await expect(sheet).toBeHidden();
  expect(asked).toHaveLength(1);
});

test("on a phone the way back is as tall as a thumb, both ways", async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(ADDRESS);
  for (const name of [/^Undo: back to/, /^Roll back to two-tree v1/]) {
    const box = await page.getByRole("button", { name }).boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(48);
  }
});

test("a database that is behind its cluster: a person chooses from the ledger what holds, and it does", async ({
  browser,
  signedIn: page,
  running,
}) => {
  const { api, kubectl } = running;
  const map = ["configmap", `${NAME}-plan`, "--namespace", "slipway-local"];
  const wire = JSON.parse(kubectl("get", ...map, "-o", "jsonpath={.data.plan}"));
  const data = { plan: JSON.stringify({ ...wire, number: 900 }) };
  kubectl("patch", ...map, "--type", "merge", "--patch", JSON.stringify({ data }));

  await page.goto(ADDRESS);
  const banner = page.getByRole("alert").filter({ hasText: "The cluster has a newer plan" });
  await expect(banner).toContainText("900");
  await expect(banner.getByRole("combobox")).toContainText(", the newest here: ");
  await banner.getByRole("combobox").click();
  await page.getByRole("option", { name: /^#1: two-tree v1 \(deployed/ }).click();

  // Who may not roll back may not decide this either, and reads who can.
  const other = await browser.newContext({ baseURL: running.url });
  try {
    const theirs = await other.newPage();
    await signIn(theirs.request, await invite(running, "scientist", "Sam Scientist"));
    await theirs.goto(ADDRESS);
    const refused = theirs.getByRole("button", { name: /^Put #\d+ back$/ });
    await refused.focus();
    await expect(theirs.getByRole("tooltip")).toContainText("only operators and administrators can do this");
  } finally {
    await other.close();
  }

  await banner.getByRole("button", { name: "Put #1 back" }).click();
  await expect(banner).toBeHidden();
  const { plan } = await api.applied(NAME, 901);
  expect(plan).toMatchObject({ number: 901, repeatsPlan: 1, entries: [{ revision: 1, weightPercent: 100 }] });
});
