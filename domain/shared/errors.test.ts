import { expect, test } from "vitest";
import { DomainError } from "./errors.ts";

test("a domain error is known by a bundle that did not make it, and nothing else is", () => {
  const fromElsewhere = Object.assign(new Error("gone"), { name: "DomainError", code: "not_found" });
  expect(fromElsewhere instanceof DomainError).toBe(true);
  expect(new DomainError("not_found", "gone") instanceof DomainError).toBe(true);
  for (const other of [new Error("gone"), { name: "DomainError" }, null, "DomainError"])
    expect(other instanceof DomainError).toBe(false);
});
