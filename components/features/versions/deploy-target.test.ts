import { expect, test } from "vitest";
import { ofKind } from "./deploy-target.ts";

const chosen = { isNew: false, endpoint: "digits", environment: "local" };
const typed = { isNew: true, endpoint: "my-own-name", environment: "local" };

test("pressing New or Existing once more keeps what was typed or picked", () => {
  expect(ofKind(chosen, false, "suggested")).toEqual(chosen);
  expect(ofKind(typed, true, "suggested")).toEqual(typed);
});

test("a new endpoint begins with the name suggested, an existing one with none", () => {
  expect(ofKind(chosen, true, "suggested")).toEqual({ ...chosen, isNew: true, endpoint: "suggested" });
  expect(ofKind(typed, false, "suggested")).toEqual({ ...typed, isNew: false, endpoint: "" });
});
