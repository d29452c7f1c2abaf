import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { roleCan } from "#domain/access/matrix.ts";
import { roleSchema } from "#domain/access/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { ROUTES } from "#server/api/rest/routes.ts";
import { appRouter } from "#server/api/root.ts";
import { createCallerFactory } from "#server/api/trpc.ts";
import { putResumed } from "./artifact/put-resumed.ts";
import type { ServiceContext } from "./context.ts";
import { defineVerb, parseInput } from "./verb.ts";

/** Of a context, only who asks: whatever passes the check of rights fails on the rest, with something else. */
const asRole = (role: z.infer<typeof roleSchema>) =>
  ({ actor: { kind: "user", id: "u", name: "u", role } }) as unknown as ServiceContext;
const outcome = async (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: unknown) => (error instanceof DomainError ? error.code : "another failure"),
  );

test("a verb cannot be written without a permission", () => {
  // @ts-expect-error: `permission` is missing, so this does not compile, and with it the build fails.
  const verb = defineVerb({ name: "x", kind: "query", input: z.any(), output: z.any(), run: async () => null });
  expect(verb.name).toBe("x");
});

// What an upload in pieces ends with is asked by the protocol's own address, and its rights are in that one's tests.
test("every verb file is reached by REST or as an upload's end, so every one is in tests of rights", () => {
  const files = globSync("server/services/**/*.ts").filter(
    (file) => !file.includes(".test.") && /= defineVerb\(/.test(readFileSync(file, "utf8")),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(new Set<unknown>([...ROUTES.map((route) => route.verb), putResumed]).size).toBe(files.length);
});

test.each(ROUTES.map((route) => route.verb))("$name refuses exactly the roles without $permission", async (verb) => {
  for (const role of roleSchema.options) {
    const refused = (await outcome(verb.call(asRole(role), { not: "valid" }))) === "forbidden";
    expect({ role, refused }).toEqual({ role, refused: !roleCan(role, verb.permission) });
  }
});

test("tRPC offers the same verbs as REST, and refuses the same roles", async () => {
  // Streams are of screens alone; text is for programs that take no JSON.
  const procedures = Object.keys(appRouter._def.procedures).filter((name) => name !== "changes.follow");
  const verbs = ROUTES.filter((route) => !route.upload && route.media === undefined).map((route) => route.verb);
  expect(procedures.sort()).toEqual(verbs.map((verb) => verb.name).sort());
  for (const role of roleSchema.options) {
    const caller = createCallerFactory(appRouter)({ requestId: "r", service: async () => asRole(role) });
    for (const verb of verbs) {
      const [entity, name] = verb.name.split(".");
      const procedure = (caller as never)[entity as never][name as never] as (input: unknown) => Promise<unknown>;
      const code = await procedure({ not: "valid" }).then(
        () => "done",
        (error: { code: string }) => error.code,
      );
      expect({ verb: verb.name, role, refused: code === "FORBIDDEN" }).toEqual({
        verb: verb.name,
        role,
        refused: !roleCan(role, verb.permission),
      });
    }
  }
});

test("text that PostgreSQL cannot hold and endless nesting are refused by name, wherever they stand", () => {
  const schema = z.object({ a: z.json() });
  const refusal = (input: unknown) => {
    try {
      parseInput(schema, input);
      return null;
    } catch (error) {
      return error instanceof DomainError ? error.fields[0]?.path : "another failure";
    }
  };
  expect(refusal({ a: { b: ["x", "nul \0 here"] } })).toBe("a.b.1");
  expect(refusal({ a: "half a \ud800 pair" })).toBe("a");
  expect(refusal({ a: { "k\0": 1 } })).toBe("a");
  let deep: unknown = 1;
  for (let depth = 0; depth < 10_000; depth += 1) deep = [deep];
  expect(refusal({ a: deep })).toBe("a.0.0.0.0.0.0.0");
  expect(refusal({ a: "ünïcödé 🚀" })).toBeNull();
});

test("a missing and an unknown field are told in words", () => {
  const schema = z.strictObject({ name: z.string() });
  expect(() => parseInput(schema, { nmae: "x" })).toThrow(
    "name: this field is required; nmae: this field is not known here",
  );
});

test("a bad key of a map is refused with the reason, not only as bad", () => {
  const schema = z.strictObject({ env: z.record(z.string().regex(/^[A-Z]+$/, "capitals only"), z.string()) });
  expect(() => parseInput(schema, { env: { lower: "x" } })).toThrow("env.lower: capitals only");
});
