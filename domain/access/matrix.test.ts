import { expect, test } from "vitest";
import { roleCan, rolesThatCan } from "./matrix.ts";
import { PERMISSIONS } from "./rights.ts";
import { roleSchema } from "./schema.ts";

test("each role may do all that the one before it may", () => {
  const roles = roleSchema.options;
  for (const [index, role] of roles.entries()) {
    for (const stronger of roles.slice(index))
      expect(PERMISSIONS.filter((p) => roleCan(role, p) && !roleCan(stronger, p))).toEqual([]);
  }
});

test("viewers only read; scientists stay out of production; operators roll back; administrators do the rest", () => {
  const theirs = PERMISSIONS.filter((p) => roleCan("viewer", p) && p !== "account:write");
  expect(theirs.every((p) => p.endsWith(":read"))).toBe(true);
  expect(rolesThatCan("person:manage")).toEqual(["administrator"]);
  expect(rolesThatCan("production:write")).toEqual(["operator", "administrator"]);
  expect(rolesThatCan("traffic:rollback")).toEqual(["operator", "administrator"]);
  expect(rolesThatCan("model:write")).toEqual(["scientist", "operator", "administrator"]);
  expect(rolesThatCan("token:manage")).toEqual(["administrator"]);
  expect(rolesThatCan("environment:write")).toEqual(["administrator"]);
});
