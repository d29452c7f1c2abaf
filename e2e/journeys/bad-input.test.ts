import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { anEndlessLoop, anUnknownOperator } from "#test/factories/onnx-hostile.ts";
import { type Product, startProduct } from "../support/product.ts";

// Against the built product: what Next bundles twice or refuses before our code runs shows nowhere else.
let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.api.ok("POST", "/endpoints", { name: "strict", environment: "local" });
  await product.api.register("good", aScalingModel(1));
  await product.api.deploy("strict", "good", "1");
  await product.api.applied("strict");
});
afterAll(() => product?.dispose());

const problem = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = await product.api.call(method, path, body, headers);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  expect(answer.body.requestId).toBe(answer.headers.get("x-request-id"));
  expect(answer.body.detail.length).toBeGreaterThan(10);
  return `${answer.status} ${answer.body.code}`;
};

test.each<[string, () => Uint8Array]>([
  ["text named .onnx", () => new TextEncoder().encode("this is no model, whatever its name says")],
  ["a truncated file", () => aScalingModel(2).slice(0, 60)],
  ["an unknown operator", anUnknownOperator],
])("%s is refused with a reason and no version is made", async (_name, bytes) => {
  const { digest } = await product.api.ok("PUT", "/artifacts", bytes());
  expect(await problem("POST", "/models/good/versions", { artifact: digest })).toBe("422 invalid_model");
  expect((await product.api.ok("GET", "/models/good/versions")).items).toHaveLength(1);
});

test("a path that cannot be decoded is 400 in the API and nothing in the pages, and harms nobody", async () => {
  for (const path of ["/%zz", "/models/%zz", "/models/%E0%A4%A", "/models/good/versions/%FF"])
    expect(await problem("GET", path)).toBe("400 malformed_request");
  for (const path of ["/%zz", "/models/%zz", "/models/%FF", "/endpoints/%zz?tab=%zz"]) {
    const page = await fetch(`${product.webUrl}${path}`);
    expect([path, page.status]).toEqual([path, 404]);
    expect(await page.text()).toContain("There is nothing at this address.");
  }
  expect((await product.api.ok("GET", "/models/good")).name).toBe("good");
});

test("a model that loops for ever is refused, and others are served meanwhile", async () => {
  const { digest } = await product.api.ok("PUT", "/artifacts", anEndlessLoop());
  const refused = problem("POST", "/models/good/versions", { artifact: digest });
  let answered = 0;
  let over = false;
  void refused.finally(() => {
    over = true;
  });
  while (!over) {
    await product.api.ok("GET", "/models");
    answered += 1;
  }
  expect(await refused).toBe("422 invalid_model");
  expect(answered).toBeGreaterThan(20);
});

test("an empty upload and one whose digest lies are refused", async () => {
  expect(await problem("PUT", "/artifacts", new Uint8Array())).toBe("422 invalid");
  const lie = { "content-digest": `sha-256=:${Buffer.alloc(32).toString("base64")}:` };
  expect(await problem("PUT", "/artifacts", aScalingModel(3), lie)).toBe("422 digest_mismatch");
});

test("traffic that does not add up, names nothing, or comes late changes nothing", async () => {
  const put = (entries: unknown, headers: Record<string, string> = { "if-match": '"1"' }) =>
    problem("PUT", "/endpoints/strict/traffic", { entries }, headers);
  const whole = [{ revision: 1, weightPercent: 100 }];
  expect(await put([{ revision: 1, weightPercent: 90 }])).toBe("422 invalid");
  expect(await put([{ revision: 1, weightPercent: 99.999 }])).toBe("422 invalid");
  expect(await put([{ revision: 7, weightPercent: 100 }])).toMatch(/^(404 not_found|422 invalid)$/);
  expect(await put(whole, {})).toBe("428 precondition_required");
  expect(await put(whole, { "if-match": '"9"' })).toBe("412 plan_conflict");
  expect((await product.api.ok("GET", "/endpoints/strict")).plan.number).toBe(1);
});

test("names that are taken, reserved or no names are refused", async () => {
  const create = (name: unknown) => problem("POST", "/endpoints", { name, environment: "local" });
  expect(await create("strict")).toBe("409 name_taken");
  for (const name of ["v2", "metrics", "health", "slipway-x", "Upper", "a_b", "-a", "a".repeat(41), "", 7])
    expect(await create(name)).toBe("422 invalid");
});

test("an idempotency key gives the same answer again, and refuses another body", async () => {
  const headers = { "idempotency-key": "once" };
  const first = await product.api.ok("POST", "/models", { name: "keyed" }, headers);
  expect(await product.api.ok("POST", "/models", { name: "keyed" }, headers)).toEqual(first);
  expect(await problem("POST", "/models", { name: "other" }, headers)).toBe("422 idempotency_mismatch");
});
