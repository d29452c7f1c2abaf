import fc from "fast-check";
import { expect, it } from "vitest";
import { modelNameSchema, nameSchema } from "#domain/shared/names.ts";
import { suggestName } from "./suggest-name.ts";

it("a name that is fit already stays", () => {
  expect(suggestName("credit-risk")).toBe("credit-risk");
});

it("capitals, slashes and a first digit give way", () => {
  expect(suggestName("Team A/MNIST v2.1")).toBe("team-a-mnist-v2-1");
  expect(suggestName("3d-shapes")).toBe("d-shapes");
});

it("is empty rather than a name that would be refused", () => {
  expect(suggestName("metrics")).toBe("");
  expect(suggestName("模型")).toBe("");
});

it("is taken by the rules of names whatever the model is called", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 120 }).filter((text) => modelNameSchema.safeParse(text).success),
      (model) => {
        const name = suggestName(model);
        expect(name === "" || nameSchema.safeParse(name).success).toBe(true);
      },
    ),
  );
});
