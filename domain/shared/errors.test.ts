import { expect, test, vi } from "vitest";
import { DomainError } from "./errors.ts";

test("a failure is recognised when another copy of this module made it, as in a bundle of several parts", async () => {
  vi.resetModules();
  const copy = await import("./errors.ts");
  expect(copy.DomainError).not.toBe(DomainError);
  const failure = new copy.DomainError("invalid", "The file is empty.");
  expect(failure instanceof DomainError).toBe(true);
  expect(failure).toMatchObject({ code: "invalid", message: "The file is empty.", fields: [] });
});

test("no other error is taken for one", () => {
  for (const other of [new Error("x"), { code: "invalid" }, null, undefined, "invalid"])
    expect((other as unknown) instanceof DomainError).toBe(false);
});
