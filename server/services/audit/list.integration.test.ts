import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { type Rest, startRest } from "#test/support/rest.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
  const { digest } = (await rest.call("PUT", "/artifacts", { raw: aScalingModel(2) })).body;
  // The second is called as a version of the first is.
  for (const name of ["risk", "risk v2"]) {
    await rest.call("POST", "/models", { body: { name } });
    for (const _ of [1, 2])
      await rest.call("POST", `/models/${encodeURIComponent(name)}/versions`, { body: { artifact: digest } });
  }
  await rest.call("PUT", "/models/risk/aliases/champion", { body: { version: "2" } });
});
afterAll(() => rest.close());

const told = async (query: string) => {
  const { status, body } = await rest.call("GET", `/audit?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.items.map(({ action, subject }: { action: string; subject: { name: string } }) => [action, subject.name]);
};

test("of a model the log tells what was done to it and its versions, and nothing of one that is called alike", async () => {
  expect(await told("model=risk")).toEqual([
    ["model.putAlias", "risk"],
    ["version.register", "risk v2"],
    ["version.register", "risk v1"],
    ["model.create", "risk"],
  ]);
  expect(await told("model=risk&subjectKind=version")).toHaveLength(2);
  expect(await told("model=risk&search=champion")).toEqual([]);
  expect(await told("model=nothing")).toEqual([]);
});

test("pages of it follow each other", async () => {
  const { body } = await rest.call("GET", "/audit?model=risk&limit=3");
  expect(body.items).toHaveLength(3);
  const next = await rest.call("GET", `/audit?model=risk&limit=3&cursor=${body.nextCursor}`);
  expect(next.body).toMatchObject({ items: [{ action: "model.create" }], nextCursor: null });
});
