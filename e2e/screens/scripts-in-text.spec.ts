import { expect } from "@playwright/test";
import { aScalingModel } from "../../test/factories/onnx.ts";
import { test } from "./product.ts";

const SCRIPT = "globalThis.intruder = 'ran'";
/** Whatever makes a browser run a script out of a text that was not meant as one. */
const HOSTILE = [
  `<script>${SCRIPT}</script>`,
  `<img src=x onerror="${SCRIPT}">`,
  `<svg onload="${SCRIPT}"></svg>`,
  `<iframe srcdoc="<script>parent.${SCRIPT}</script>"></iframe>`,
  `<a href="javascript:${SCRIPT}">press</a>`,
  `[press](javascript:${SCRIPT})`,
  `</script><script>${SCRIPT}</script>`,
  `"><script>${SCRIPT}</script>`,
].join(" ");
const SHORT = `<img src=x onerror="${SCRIPT}">`;
const NAME = "hostile";

test("text that holds scripts is shown as text, wherever somebody may write", async ({
  signedIn: page,
  context,
  running: { api },
}) => {
  const refused = await api.call("POST", "/models", { name: SHORT });
  expect(refused.status).toBe(422);
  await api.ok("POST", "/models", { name: NAME, description: HOSTILE, tags: ["fine"] });
  for (const factor of [2, 3]) {
    const { digest } = await api.ok("PUT", "/artifacts", aScalingModel(factor));
    await api.ok("POST", `/models/${NAME}/versions`, {
      artifact: digest,
      description: HOSTILE,
      featureNames: [SHORT],
      labels: [SHORT],
      source: { gitCommit: "abc", runUrl: "https://example.com/run", dataset: HOSTILE.slice(0, 200) },
    });
  }
  const link = await api.call("POST", `/models/${NAME}/versions`, {
    artifact: `sha256:${"0".repeat(64)}`,
    source: { runUrl: `javascript:${SCRIPT}` },
  });
  expect(link.status).toBe(422);
  await api.ok("POST", "/endpoints", { name: NAME, environment: "local" });
  await api.deploy(NAME, NAME, "1", { env: { NOTE: SHORT } });
  await api.applied(NAME);
  await api.traffic(NAME, [{ revision: 1, weightPercent: 100 }], HOSTILE.slice(0, 400));
  await api.ok("POST", "/people", { email: "hostile@slipway.local", name: SHORT, role: "viewer" });
  await api.ok("POST", "/tokens", { name: SHORT, role: "viewer" });

  for (const address of [
    "/",
    "/models",
    `/models/${NAME}`,
    `/models/${NAME}/versions/1`,
    `/endpoints/local/${NAME}?tab=changes`,
    `/endpoints/local/${NAME}?tab=try`,
    "/audit",
    "/settings/people",
    "/settings/tokens",
    `/models?search=${encodeURIComponent(SHORT)}`,
    `/sign-in?next=${encodeURIComponent(`javascript:${SCRIPT}`)}`,
  ]) {
    const answer = await page.goto(address);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toMatch(/script-src 'nonce-[A-Za-z0-9+/=]{24}' 'strict-dynamic';/);
    expect(policy).toContain("frame-ancestors 'none'");
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
    expect(await page.evaluate(() => (globalThis as { intruder?: string }).intruder)).toBeUndefined();
    expect(await page.locator("a[href^='javascript:'], iframe, img[src='x']").count()).toBe(0);
  }
  expect(context.pages()).toHaveLength(1);
});

test("a pod's log that looks like a page is text, in the browser too", async ({ signedIn: page, running: { api } }) => {
  const { items } = await api.ok("GET", `/endpoints/${NAME}/pods`);
  const pod = items[0].pods[0].name;
  const answer = await page.goto(`/api/v1/endpoints/${NAME}/revisions/1/pods/${pod}/log?tailLines=20`);
  expect(answer?.headers()["content-type"]).toBe("text/plain; charset=utf-8");
  expect(answer?.headers()["x-content-type-options"]).toContain("nosniff");
  expect(answer?.headers()["content-security-policy"]).toContain("sandbox");
});

test("no two answers share a nonce, and no page of another site can frame ours", async ({
  signedIn: page,
  running,
}) => {
  const nonces = [];
  for (let times = 0; times < 2; times += 1) {
    const policy = (await page.goto("/audit"))?.headers()["content-security-policy"] ?? "";
    nonces.push(/'nonce-([^']+)'/.exec(policy)?.[1]);
  }
  expect(new Set(nonces).size).toBe(2);
  const elsewhere = `${running.url.replace("127.0.0.1", "localhost")}/elsewhere`;
  await page.route(elsewhere, (route) =>
    route.fulfill({ contentType: "text/html", body: `<iframe src="${running.url}/audit"></iframe>` }),
  );
  await page.goto(elsewhere);
  expect(page.frames().map((frame) => frame.url())).toEqual([elsewhere, "chrome-error://chromewebdata/"]);
});
