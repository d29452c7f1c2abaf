import { expect, test } from "vitest";
import { createVault, VaultError } from "./vault.ts";

const KEY = "a-secret-key-for-tests-only";

test("what is sealed is read with the same key and purpose, and differs each time", () => {
  const vault = createVault(KEY);
  const [first, second] = [vault.seal("tökén", "cluster/1"), vault.seal("tökén", "cluster/1")];
  expect(first).not.toBe(second);
  expect(first).not.toContain("tökén");
  expect(createVault(KEY).open(first, "cluster/1")).toBe("tökén");
});

test("another key, another row, or one changed character reads nothing", () => {
  const sealed = createVault(KEY).seal("token", "cluster/1");
  expect(() => createVault("another-secret-key-altogether").open(sealed, "cluster/1")).toThrow("SLIPWAY_SECRET_KEY");
  expect(() => createVault(KEY).open(sealed, "cluster/2")).toThrow(VaultError);
  const at = sealed.length - 5;
  const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
  for (const bad of [changed, sealed.slice(0, -20), `${sealed.split(".").slice(0, 2).join(".")}.`, "", "v1"])
    expect(() => createVault(KEY).open(bad, "cluster/1")).toThrow(VaultError);
});

test("after a rotation the key before still reads, says that it is old, and seals nothing new", () => {
  const sealed = createVault(KEY).seal("token", "p");
  const rotated = createVault("the-key-after-the-rotation", KEY);
  expect(rotated.isOld(sealed)).toBe(true);
  expect(rotated.open(sealed, "p")).toBe("token");
  const again = rotated.seal("token", "p");
  expect(rotated.isOld(again)).toBe(false);
  expect(createVault("the-key-after-the-rotation").open(again, "p")).toBe("token");
  expect(() => createVault(KEY).open(again, "p")).toThrow(VaultError);
});
