import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aDenseNetwork, aLinearModel, aScalingModel, aZipMapClassifier } from "#test/factories/onnx.ts";
import { anEndlessLoop, anUnknownOperator } from "#test/factories/onnx-hostile.ts";
import { type Rest, startRest } from "#test/support/rest.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest({ SLIPWAY_INSPECT_DEADLINE_MS: "3000" });
});
afterAll(() => rest.close());

const upload = async (bytes: Uint8Array): Promise<string> =>
  (await rest.call("PUT", "/artifacts", { raw: bytes })).body.digest;
const aModel = async (name: string) => (await rest.call("POST", "/models", { body: { name } })).body;
const register = (model: string, body: object) =>
  rest.call("POST", `/models/${encodeURIComponent(model)}/versions`, { body });
const auditCount = () => rest.container.services.db.read.audit.count();

test("a model is found by part of its name, by tag and page by page", async () => {
  for (const name of ["alpha/Net 1", "alpha/net 2", "100_sure", "beta"])
    expect(
      (await rest.call("POST", "/models", { body: { name, tags: [name === "beta" ? "prod" : "lab"] } })).status,
    ).toBe(201);
  const names = async (query: string) =>
    (await rest.call("GET", `/models?${query}`)).body.items.map((model: { name: string }) => model.name);
  expect(await names("search=NET")).toEqual(["alpha/net 2", "alpha/Net 1"].sort());
  expect(await names("search=_")).toEqual(["100_sure"]);
  expect(await names("tag=prod")).toEqual(["beta"]);
  const first = (await rest.call("GET", "/models?limit=3")).body;
  const second = (await rest.call("GET", `/models?limit=3&cursor=${first.nextCursor}`)).body;
  const all = [...first.items, ...second.items].map((model: { name: string }) => model.name);
  expect(new Set(all).size).toBe(4);
  expect(second.nextCursor).toBeNull();
  expect((await rest.call("GET", "/models?cursor=garbage")).body).toMatchObject({ status: 422, code: "invalid" });
});

test("a name that is taken is refused and leaves no audit row", async () => {
  await aModel("taken");
  const before = await auditCount();
  expect((await rest.call("POST", "/models", { body: { name: "taken" } })).body).toMatchObject({
    status: 409,
    code: "name_taken",
  });
  expect(await auditCount()).toBe(before);
});

test("a model made with its first version is not there when the file is refused, and never twice", async () => {
  const refused = await register("with-first", { createModel: true, artifact: await upload(anUnknownOperator()) });
  expect(refused.body).toMatchObject({ status: 422, code: "invalid_model" });
  expect((await rest.call("GET", "/models/with-first")).status).toBe(404);

  const artifact = await upload(aLinearModel());
  const both = await Promise.all([1, 2].map(() => register("with-first", { createModel: true, artifact })));
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect(both.find(({ status }) => status === 409)?.body.code).toBe("name_taken");
  expect((await rest.call("GET", "/models/with-first")).body).toMatchObject({ latestVersion: "1" });
});

test("labels that fit no output are refused by their field and nothing is registered; where it is not sure they are taken", async () => {
  await aModel("labelled");
  const artifact = await upload(aDenseNetwork(10, 1));
  const refused = await register("labelled", { artifact, labels: ["zero", "one", "two"] });
  const message = "3 labels do not fit what the model answers: 10 values in y per row.";
  expect(refused.body).toMatchObject({ status: 422, code: "invalid", errors: [{ path: "labels", message }] });
  expect((await rest.call("GET", "/models/labelled")).body.latestVersion).toBeNull();
  const ten = Array.from({ length: 10 }, (_, digit) => String(digit));
  expect((await register("labelled", { artifact, labels: ten })).status).toBe(201);
  const besideScores = await upload(aZipMapClassifier());
  expect((await register("labelled", { artifact: besideScores, labels: ["no", "yes"] })).status).toBe(201);
});

test("a version carries the signature that is in its file, and its number counts per model", async () => {
  await aModel("linear");
  const artifact = await upload(aLinearModel());
  const first = await register("linear", {
    artifact,
    metrics: { auc: 0.9 },
    tags: ["nightly"],
    source: { gitCommit: "abc" },
  });
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({ version: "1", status: "ready", failure: null, artifact, metrics: { auc: 0.9 } });
  expect(first.body.signature.inputs.length).toBeGreaterThan(0);
  expect(first.body.exampleInput).toMatchObject({ inputs: expect.any(Array) });
  expect((await register("linear", { artifact })).body.version).toBe("2");
  const { exampleInput: _, ...summary } = first.body;
  expect((await rest.call("GET", "/models/linear/versions?limit=1&cursor=WyIyIl0")).body.items).toEqual([summary]);
  const read = await rest.call("GET", "/models/linear/versions/1");
  expect(read.body).toEqual(first.body);
  expect((await rest.call("GET", "/models/linear")).body).toMatchObject({ latestVersion: "2" });
});

test("what a file computes is told by every version of it, apart from the version; without ONNX it is said why not", async () => {
  const artifact = await upload(aLinearModel());
  await aModel("drawn");
  for (const _ of [1, 2]) await register("drawn", { artifact });
  const { body, status } = await rest.call("GET", "/models/drawn/versions/2/graph");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    why: null,
    graph: { nodes: [{ operator: "MatMul" }, { operator: "Add" }], omitted: 0 },
  });
  expect(JSON.stringify((await rest.call("GET", "/models/drawn/versions/2")).body)).not.toContain("MatMul");
  await register("drawn", { artifact: await upload(new TextEncoder().encode("<PMML version='4'/>")), format: "pmml" });
  const pmml = await rest.call("GET", "/models/drawn/versions/3/graph");
  expect(pmml.body).toEqual({ graph: null, why: expect.stringContaining("ONNX") });
});

test("versions registered at the same moment get numbers without a gap", async () => {
  await aModel("crowded");
  const artifact = await upload(aScalingModel(2));
  const answers = await Promise.all(Array.from({ length: 5 }, () => register("crowded", { artifact })));
  expect(answers.map((answer) => answer.body.version).sort()).toEqual(["1", "2", "3", "4", "5"]);
});

test.each([
  ["text named .onnx", () => new TextEncoder().encode("this is no model, whatever its name says")],
  ["a truncated file", () => aLinearModel().slice(0, 40)],
  ["an unknown operator", anUnknownOperator],
  ["an endless loop", anEndlessLoop],
])("%s is refused with a sentence and writes nothing", async (what, bytes) => {
  await aModel(what);
  const artifact = await upload(bytes());
  const before = await auditCount();
  const answer = await register(what, { artifact });
  expect(answer.body).toMatchObject({ status: 422, code: "invalid_model", reason: expect.any(String) });
  expect(answer.body.detail.length).toBeGreaterThan(20);
  expect((await rest.call("GET", `/models/${encodeURIComponent(what)}`)).body.latestVersion).toBeNull();
  expect(await auditCount()).toBe(before);
});

test("while a hostile model is inspected, other calls are answered", async () => {
  await aModel("busy");
  const artifact = await upload(anEndlessLoop());
  const inspected = register("busy", { artifact });
  let answered = 0;
  void inspected.finally(() => {
    answered = -1;
  });
  for (let call = 0; call < 5; call += 1) {
    expect((await rest.call("GET", "/models/busy")).status).toBe(200);
    answered += 1;
  }
  expect(answered).toBe(5);
  expect((await inspected).status).toBe(422);
});

test("an artifact that was never uploaded cannot become a version", async () => {
  await aModel("nothing");
  const artifact = `sha256:${createHash("sha256").update("nothing").digest("hex")}`;
  expect((await register("nothing", { artifact })).body).toMatchObject({ status: 404, code: "not_found" });
});

test("PMML is kept as registered, with the way out, and cannot be deployed", async () => {
  await aModel("old");
  const artifact = await upload(new TextEncoder().encode("<PMML/>"));
  const version = (await register("old", { artifact, format: "pmml" })).body;
  expect(version).toMatchObject({ status: "registered", signature: null, failure: expect.stringContaining("ONNX") });
  await rest.call("POST", "/endpoints", { body: { name: "old", environment: "local" } });
  const deployed = await rest.call("POST", "/endpoints/old/revisions", { body: { model: "old", version: "1" } });
  expect(deployed.body).toMatchObject({ status: 422, code: "invalid", detail: expect.stringContaining("registered") });
});

test("an alias moves, is told with its model, and its history is kept", async () => {
  const { id } = await aModel("aliased");
  const artifact = await upload(aScalingModel(3));
  await register("aliased", { artifact });
  await register("aliased", { artifact });
  const put = (version: string) => rest.call("PUT", "/models/aliased/aliases/champion", { body: { version } });
  const before = await auditCount();
  expect((await put("1")).body).toEqual({ model: "aliased", alias: "champion", version: "1" });
  await put("2");
  await put("2");
  expect((await rest.call("GET", "/models/aliased")).body.aliases).toEqual({ champion: "2" });
  expect((await put("7")).status).toBe(404);
  expect((await rest.call("DELETE", "/models/aliased/aliases/champion")).status).toBe(200);
  expect((await rest.call("DELETE", "/models/aliased/aliases/champion")).status).toBe(404);
  const history = await rest.container.services.db.read.aliasHistory.findMany({
    where: { modelId: id },
    orderBy: { id: "asc" },
    include: { version: true },
  });
  expect(history.map((row) => row.version?.number ?? null)).toEqual([1, 2, null]);
  expect((await auditCount()) - before).toBe(3);
});

test("the same bytes uploaded twice are one artifact and one audit row", async () => {
  const bytes = new TextEncoder().encode("the same bytes");
  const before = await auditCount();
  const [one, two] = [await upload(bytes), await upload(bytes)];
  expect(one).toBe(two);
  expect(one).toBe(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
  expect((await auditCount()) - before).toBe(1);
});
