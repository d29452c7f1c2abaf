import { expect } from "@playwright/test";
import { aDenseNetwork } from "../../test/factories/onnx.ts";
import { test } from "./product.ts";
import { ready, split } from "./stage.ts";

const NAME = "asked";
const ADDRESS = `/endpoints/local/${NAME}?tab=try`;
const LABELS = ["ant", "bee", "cat"];

/** The second version orders its classes the other way round. */
test.beforeAll(async ({ running: { api } }) => {
  if ((await api.call("POST", "/endpoints", { name: NAME, environment: "local" })).status !== 201) return;
  const { digest } = await api.ok("PUT", "/artifacts", aDenseNetwork(LABELS.length, 1));
  for (const labels of [LABELS, LABELS.toReversed()]) {
    const version = { artifact: digest, labels, createModel: labels === LABELS };
    await api.deploy(NAME, NAME, (await api.ok("POST", `/models/${NAME}/versions`, version)).version);
    await api.applied(NAME);
  }
  await ready(api, NAME);
  await api.traffic(NAME, split(60, 40));
  await api.applied(NAME);
});

test("each answer has the labels of the version that gave it, whoever is chosen next", async ({ signedIn: page }) => {
  await page.goto(ADDRESS);
  const fields = page.getByRole("tabpanel", { name: "Fields" }).getByRole("textbox");
  await expect(fields).toHaveCount(LABELS.length);
  for (const field of await fields.all()) await field.fill("1");
  await page.getByRole("combobox", { name: "Beside" }).click();
  await page.getByRole("option", { name: "v2 · r2" }).click();
  await fields.first().press("Enter");
  const best = (name: string) =>
    page
      .getByRole("region", { name: `Answer of ${name}` })
      .getByRole("listitem")
      .first();
  await expect(best("v1 · r1")).toContainText(/ant|cat/);
  const label = (await best("v1 · r1").innerText()).includes("ant") ? "cat" : "ant";
  await expect(best("v2 · r2")).toContainText(label);

  await page.getByRole("combobox", { name: "Beside" }).click();
  await page.getByRole("option", { name: "no other revision" }).click();
  await expect(best("v2 · r2")).toContainText(label);
});

test("what was typed to ask a revision stays while others take its traffic, all of it too", async ({
  signedIn: page,
  running: { api },
}) => {
  await page.goto(ADDRESS);
  const field = page.getByRole("tabpanel", { name: "Fields" }).getByRole("textbox").first();
  await expect(page.getByRole("combobox", { name: "Ask" })).toContainText("v1 · r1");
  await field.fill("0.123");
  await api.traffic(NAME, split(30, 70));
  await expect(page.getByRole("img", { name: "Traffic: v1 30 %, v2 70 %" }).first()).toBeVisible();
  await expect(field).toHaveValue("0.123");
  await api.traffic(NAME, [{ revision: 2, weightPercent: 100 }]);
  await expect(page.getByText("It answers no callers now.")).toBeVisible();
  await expect(field).toHaveValue("0.123");
  await expect(page.getByRole("combobox", { name: "Ask" })).toContainText("v1 · r1");
});
