import { expect } from "@playwright/test";
import { aLookupModel, aScalingModel } from "../../test/factories/onnx.ts";
import { steadyLoad, unitsNamed } from "../support/load.ts";
import { invite, signIn, test } from "./product.ts";
import { ready, split } from "./stage.ts";

const NAME = "night";
// What the candidate's test data never held: the version before knows it, the candidate does not.
const UNKNOWN = JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], data: [7] }] });

test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

test("on call at 360 px: a failing candidate is named, told of, rolled back in two taps, and the way back is there", async ({
  page,
  running,
}) => {
  const { api, gatewayUrl, received } = running;
  await api.register(NAME, aScalingModel(2));
  await api.register(NAME, aLookupModel([0, 2, 4]));
  await api.ok("POST", "/endpoints", { name: NAME, environment: "local" });
  await api.deploy(NAME, NAME, "1");
  await api.deploy(NAME, NAME, "2");
  await api.applied(NAME);
  await ready(api, NAME);
  const load = steadyLoad({ url: gatewayUrl, endpoint: NAME, body: UNKNOWN }, 40, unitsNamed(200));
  await api.traffic(NAME, split(50, 50), "Half, to be quick");
  await api.applied(NAME);

  const person = await invite(running, "operator", "Olga Call");
  await signIn(page.request, person);
  await page.goto("/");
  const attention = page.getByRole("link", { name: NAME }).first();
  await expect(page.getByRole("heading", { level: 1, name: /failing|degraded/ })).toBeVisible({ timeout: 60_000 });
  // Another file's endpoints may be in trouble too.
  const ours = () => received.find(({ body }) => body.incident.endpoint === NAME);
  await expect.poll(ours, { timeout: 60_000 }).toMatchObject({ event: "incident.opened", signed: true });
  const told = ours();
  expect(told?.body.url).toContain(running.url);

  await attention.tap();
  await expect(page.getByText(/v2 · r2 answers .* errors/).first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: /^Roll back to v1/ }).tap();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Roll back to v1/ })
    .tap();
  await expect(page.getByRole("region", { name: "Progress of change #4" })).toContainText("0 wrong answers since");
  const { plan } = await api.ok("GET", `/endpoints/${NAME}`);
  expect(plan).toMatchObject({ number: 4, kind: "rollback", status: "applied", decidedBy: "Olga Call" });
  expect(plan.entries).toMatchObject(split(100, 0));

  // Back into what is known to have failed goes nobody by one slip of the thumb.
  await page.getByRole("button", { name: /^Undo/ }).tap();
  await expect(page.getByRole("dialog")).toContainText("Against #3: it missed its health targets.");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Roll back to v1 50 %/ })
    .tap();
  await expect
    .poll(async () => (await api.ok("GET", `/endpoints/${NAME}`)).plan)
    .toMatchObject({ number: 5, entries: split(50, 50) });
  const shots = await load.stop();
  const rolledBack = shots.filter((shot) => shot.plan === plan.number);
  expect(rolledBack.length).toBeGreaterThan(0);
  expect(rolledBack.filter(({ status, revision }) => status !== 200 || revision !== 1)).toEqual([]);
  await api.ok("POST", `/endpoints/${NAME}/rollback`, { toPlan: plan.number });
});
