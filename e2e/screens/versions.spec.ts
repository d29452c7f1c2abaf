import { expect } from "@playwright/test";
import { aDenseNetwork, aFixedBatchModel, aScalingModel } from "../../test/factories/onnx.ts";
import { expectAccessible } from "./axe.ts";
import { test } from "./product.ts";

const MODEL = "many";
const VERSIONS = 60;

/** More than one page lists; only the first and the last differ in more than their number. */
test.beforeAll(async ({ running: { api } }) => {
  if ((await api.call("POST", "/models", { name: MODEL })).status !== 201) return;
  const { digest } = await api.ok("PUT", "/artifacts", aScalingModel(2));
  const { digest: last } = await api.ok("PUT", "/artifacts", aFixedBatchModel());
  for (let version = 1; version <= VERSIONS; version += 1)
    await api.ok("POST", `/models/${MODEL}/versions`, {
      artifact: version === VERSIONS ? last : digest,
      metrics: { auc: 0.9 + version / 1_000 },
      params: { seed: version },
    });
});

test("two versions are compared by an address of their own, and one that is not listed too", async ({
  signedIn: page,
}) => {
  await page.goto(`/models/${MODEL}`);
  const compare = page.getByRole("button", { name: /^Compare/ });
  await expect(compare).toBeDisabled();
  for (const version of [VERSIONS - 1, VERSIONS])
    await page
      .getByRole("checkbox", { name: `Compare v${version}` })
      .first()
      .check();
  await expect(compare).toHaveText(`Compare v${VERSIONS - 1} and v${VERSIONS}`);
  await compare.click();
  await expect(page).toHaveURL(/\?compare=59,60$/);
  const sheet = page.getByRole("dialog", { name: `v59 and v60 of ${MODEL}` });
  await expect(sheet.getByRole("alert")).toContainText("Callers of v59 would stumble over v60.");
  await expect(sheet.getByRole("row", { name: /^auc/ })).toContainText("+0.001");
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(page).toHaveURL(new RegExp(`/models/${MODEL}$`));

  await page.goto(`/models/${MODEL}?compare=2,1`);
  const old = page.getByRole("dialog", { name: `v1 and v2 of ${MODEL}` });
  await expect(old.getByText("v2 takes and answers what callers of v1 send.")).toBeVisible();
  await expect(old.getByRole("row", { name: /^seed/ })).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/models/${MODEL}?compare=1,4000`);
  await expect(page.getByRole("dialog").getByText("There is no version 4000")).toBeVisible();
});

test("a version's graph is drawn and listed, an operator has an address, and nothing of it needs a pointer", async ({
  signedIn: page,
  running: { api },
}) => {
  const { digest } = await api.ok("PUT", "/artifacts", aDenseNetwork(4, 3));
  await api.ok("POST", "/models/layers/versions", { artifact: digest, createModel: true });
  await page.goto("/models/layers/versions/1?tab=graph");
  await expect(page.getByText("6 operators · 48 parameters")).toBeVisible();
  await page.locator('[data-node="1"]').click();
  await expect(page).toHaveURL(/[?&]node=1/);
  const relu = page.getByRole("region", { name: "Operator 2" });
  await expect(relu).toContainText("Relu");
  await relu.getByRole("button", { name: "MatMul 3" }).click();
  const matMul = page.getByRole("region", { name: "Operator 3" });
  await expect(matMul).toContainText("FP32 4 × 4");
  await expectAccessible(page);

  await page.getByRole("button", { name: "List" }).press("Enter");
  await page.getByRole("button", { name: "Relu 3" }).press("Enter");
  await expect(page.getByRole("status").getByText("3 of 6")).toBeVisible();
  await page.getByRole("row").getByRole("button", { name: "Relu" }).last().press("Enter");
  await expect(page.getByRole("region", { name: "Operator 6" })).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole("region", { name: "Operator 6" })).toBeVisible();
  await page.getByRole("searchbox").fill("no such thing");
  await expect(page.getByText("No operator here is or holds what you typed.")).toBeVisible();
});

test("an alias finds any version by its number, also one that no list has shown", async ({
  signedIn: page,
  running: { api },
}) => {
  await page.goto(`/models/${MODEL}`);
  await page.getByRole("button", { name: "Alias" }).click();
  const dialog = page.getByRole("dialog", { name: "Set an alias" });
  await dialog.getByLabel("Alias").fill("first");
  await dialog.getByRole("searchbox").fill("v3");
  // Every version that begins so, newest first, and none else.
  await expect(dialog.getByRole("radio")).toHaveCount(11);
  await expect(dialog.getByRole("radio").first()).toHaveAccessibleName("v39");
  await dialog.getByRole("radio", { name: "v3", exact: true }).check();
  await dialog.getByRole("button", { name: "Set alias" }).click();
  await expect(dialog).toBeHidden();
  expect((await api.ok("GET", `/models/${MODEL}`)).aliases).toMatchObject({ first: "3" });
  const found = await api.ok("GET", `/models/${MODEL}/versions?search=FIRST`);
  expect(found.items.map(({ version }: { version: string }) => version)).toEqual(["3"]);
});

test("a new endpoint is previewed by its cluster before it is there; a refused deploy loses nothing", async ({
  signedIn: page,
  running: { api },
}) => {
  await page.goto(`/models/${MODEL}/versions/1?deploy=true`);
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name", { exact: true }).fill("not-there-yet");
  await sheet.getByLabel("Replicas").fill("2");
  await sheet.getByRole("button", { name: "Preview" }).click();
  const preview = sheet.getByRole("list", { name: "Preview" });
  await expect(preview.getByRole("listitem")).toHaveText([
    /new.*Deployment not-there-yet-r1/,
    /new.*Service not-there-yet-r1/,
    /new.*PodDisruptionBudget not-there-yet-r1/,
  ]);
  expect((await api.call("GET", "/endpoints/not-there-yet")).status).toBe(404);
  await expect(sheet.getByText(/^curl -X POST '.*\/api\/v1\/endpoints'/)).toBeVisible();

  await api.ok("POST", "/endpoints", { name: "not-there-yet", environment: "local" });
  await sheet.getByRole("button", { name: "Deploy", exact: true }).click();
  await expect(sheet).toContainText('There is an endpoint "not-there-yet" in environment "local" already.');
  await expect(sheet.getByLabel("Name", { exact: true })).toHaveValue("not-there-yet");
  await expect(sheet.getByLabel("Replicas")).toHaveValue("2");
});

test("a revision that was refused once its new endpoint was made is deployed there by the same button", async ({
  signedIn: page,
  running: { api },
}) => {
  await page.goto(`/models/${MODEL}/versions/1?deploy=true`);
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name", { exact: true }).fill("made-first");
  await page.route("**/api/trpc/revision.create**", (route) => route.abort(), { times: 1 });
  const deploy = sheet.getByRole("button", { name: "Deploy", exact: true });
  await deploy.click();
  await expect(sheet).toContainText("It was not deployed.");
  expect((await api.ok("GET", "/endpoints/made-first")).revisions).toEqual([]);
  await deploy.click();
  await expect(page).toHaveURL("/endpoints/local/made-first");
});

for (const [what, address, query, label] of [
  ["model", `/models/${MODEL}`, "model.get", "Feature names"],
  ["version", `/models/${MODEL}/versions/1?deploy=true`, "version.get", "Replicas"],
] as const)
  test(`a ${what} that cannot be read again stays as it was, with what was typed over it`, async ({
    signedIn: page,
    running: { api },
  }) => {
    await page.goto(address);
    if (what === "model") await page.getByRole("button", { name: "Register version" }).click();
    const field = page.getByRole("dialog").getByLabel(label);
    await field.fill("7");
    await page.route(`**/api/trpc/*${query}*`, (route) => route.abort());
    await api.ok("PUT", `/models/${MODEL}/aliases/read-again-${what}`, { version: "1" });
    await expect(page.getByText("This is old: it cannot be renewed now.")).toBeVisible();
    await expect(field).toHaveValue("7");
  });
