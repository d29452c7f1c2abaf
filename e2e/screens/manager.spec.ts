import { expect } from "@playwright/test";
import { invite, signIn, test } from "./product.ts";
import { STAGE, setStage } from "./stage.ts";

test("a manager finds from the overview what is live, what was live before, and by whom", async ({ page, running }) => {
  await setStage(running.api);
  const plans = await running.api.ok("GET", `/endpoints/${STAGE.endpoint}/plans?limit=50`);
  const second = plans.items.find(({ number }: { number: number }) => number === 2);
  const person = await invite(running, "viewer", "Mona Manager");
  await signIn(page.request, person);

  await page.goto("/");
  const row = page.getByRole("row", { name: new RegExp(STAGE.endpoint) });
  await expect(row.getByText(/v1 90 %/)).toBeVisible();
  await row.getByRole("link", { name: STAGE.endpoint, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: STAGE.endpoint })).toBeVisible();
  await page.getByRole("tab", { name: "Changes" }).click();
  await expect(page.getByRole("list", { name: "Changes, newest first" })).toContainText("A first look at v2");

  // Any moment can be asked for: last Tuesday at three, when this endpoint was not there yet, and the last moment of change #1.
  const moment = page.getByLabel("What was live at");
  await moment.fill(lastTuesday());
  await expect(page.getByRole("status").filter({ hasText: "Nothing was live at" })).toBeVisible();
  const asked = `/endpoints/${STAGE.environment}/${STAGE.endpoint}?tab=changes&at=${second.decidedAt}`;
  await page.goto(asked);
  await expect(page.getByText(/v1 · r1.*by change #1 of admin token/)).toBeVisible();

  // What a viewer may not do is there to see, says who can, and does nothing.
  const refused = page.getByRole("button", { name: /^Roll back/ });
  await expect(refused).toBeDisabled();
  await refused.focus();
  await expect(page.getByRole("tooltip")).toContainText("only operators and administrators can do this");
});

/** As the field wants it, on the reader's clock. */
function lastTuesday(): string {
  const day = new Date();
  day.setDate(day.getDate() - ((day.getDay() + 5) % 7 || 7));
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T15:00`;
}
