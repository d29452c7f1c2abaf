import { expect, it } from "vitest";
import { ADMIN, createAuthenticator } from "./authentication.ts";

it("takes a token with other letters than ours for a wrong one, however long it is", () => {
  const authenticator = createAuthenticator("token", "secret", { get: () => undefined });
  expect(authenticator.userOf("Bearer token")).toBe(ADMIN);
  for (const token of ["tokén", "tøken", "sa.é.é", "wrong"]) {
    expect(authenticator.userOf(`Bearer ${token}`)).toBeUndefined();
  }
});
