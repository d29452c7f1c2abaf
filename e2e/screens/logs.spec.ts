import { expect } from "@playwright/test";
import { test } from "./product.ts";
import { STAGE, setStage } from "./stage.ts";

const ADDRESS = `/endpoints/${STAGE.environment}/${STAGE.endpoint}?tab=logs`;

test.beforeAll(({ running: { api } }) => setStage(api));

test("logs have an address: another pod is chosen by keyboard, and whoever gets the address reads the same", async ({
  signedIn: page,
  running: { api },
}) => {
  await page.goto(ADDRESS);
  const log = page.getByRole("tabpanel", { name: "Logs" }).locator("pre");
  await expect(log).toContainText("inference thread ready");
  const pod = page.getByRole("combobox", { name: "Pod" });
  await expect(pod).toContainText("v2 · r2");
  await pod.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: /^v1 · r1/ }).press("Enter");
  await expect(pod).toContainText("v1 · r1");
  await expect(log).toContainText("inference thread ready");
  const { items } = await api.ok("GET", `/endpoints/${STAGE.endpoint}/pods`);
  const [first] = items.find(({ revision }: { revision: number }) => revision === 1).pods;
  await expect(page).toHaveURL(`${ADDRESS}&pod=${first.name}`);
  await page.reload();
  await expect(pod).toContainText(first.name);
});

test("the log of a pod that is gone is not passed off as another's", async ({ signedIn: page }) => {
  await page.goto(`${ADDRESS}&pod=stage-r1-gone`);
  await expect(page.getByText("Pod stage-r1-gone is gone, and its log with it.")).toBeVisible();
});

test("the log that is read stays when its pod becomes ready and another does not, and when pods cannot be read", async ({
  signedIn: page,
  running: { api },
}) => {
  let [unready, isAway] = ["stage-r1-", false];
  await page.route("**/api/trpc/*endpoint.pods*", async (route) => {
    if (isAway) return route.abort();
    const response = await route.fetch();
    await route.fulfill({ response, json: unreadyOnly(await response.json(), unready) });
  });
  const news = (errorRatioMax: number) =>
    api.ok("PUT", `/endpoints/${STAGE.endpoint}/health-targets`, { healthTargets: { errorRatioMax } });
  await page.goto(ADDRESS);
  const pod = page.getByRole("combobox", { name: "Pod" });
  await expect(pod).toHaveText(/stage-r1-.* · not ready/);
  unready = "stage-r2-";
  await news(0.02);
  await expect(pod).not.toContainText("not ready");
  await expect(pod).toContainText("stage-r1-");
  isAway = true;
  await news(0.01);
  await expect(page.getByText("This is old: it cannot be renewed now.")).toBeVisible();
  await expect(page.getByRole("tabpanel", { name: "Logs" }).locator("pre")).toContainText("inference thread ready");
});

test("an open choice stays at its button while something scrolls, and closes once that is out of sight", async ({
  signedIn: page,
}) => {
  await page.goto(ADDRESS);
  const pod = page.getByRole("combobox", { name: "Pod" });
  await expect(page.getByRole("tabpanel", { name: "Logs" }).locator("pre")).toContainText("inference thread ready");
  await pod.click();
  const choices = page.getByRole("listbox");
  const gap = async () => {
    const [button, box] = await Promise.all([pod.boundingBox(), choices.boundingBox()]);
    return Math.round((box?.y ?? Number.NaN) - (button?.y ?? Number.NaN) - (button?.height ?? 0));
  };
  const scrollBy = (y: number) =>
    page.evaluate((by) => {
      const scrolled = new Promise((resolve) => window.addEventListener("scroll", resolve, { once: true }));
      window.scrollBy(0, by);
      return scrolled.then(() => window.scrollY);
    }, y);
  await expect(choices).toBeVisible();
  await pod.evaluate((button) => button.scrollIntoView({ block: "center" }));
  const before = await pod.boundingBox();
  await scrollBy(-80);
  await expect.poll(gap).toBe(4);
  expect((await pod.boundingBox())?.y).toBe((before?.y ?? 0) + 80);
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(page.getByRole("heading", { level: 1 })).toBeInViewport();
  await expect(pod).not.toBeInViewport();
  await expect(choices).toBeHidden();
});

type Pods = Readonly<{ items?: readonly { pods: { name: string; ready: boolean }[] }[] }>;

/** A batch of answers, in which the pods named so alone are not ready. */
function unreadyOnly(batch: readonly { result?: { data: Pods } }[], prefix: string): unknown {
  for (const pod of batch.flatMap(({ result }) => result?.data.items ?? []).flatMap(({ pods }) => pods ?? []))
    pod.ready = !pod.name.startsWith(prefix);
  return batch;
}
