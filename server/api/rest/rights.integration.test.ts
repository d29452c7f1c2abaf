import { afterAll, beforeAll, expect, test } from "vitest";
import { roleCan, rolesThatCan } from "#domain/access/matrix.ts";
import { type Role, roleSchema } from "#domain/access/schema.ts";
import { OWN_PAGE, signedIn } from "#test/support/browser.ts";
import { type Rest, startRest } from "#test/support/rest.ts";
import { ROUTES } from "./routes.ts";

let rest: Rest;
const callers = new Map<Role, Caller[]>();
type Caller = Readonly<{ token: string | null; headers?: Record<string, string> }>;
beforeAll(async () => {
  rest = await startRest();
  for (const role of roleSchema.options) {
    const { cookie } = await signedIn(rest.container, role);
    callers.set(role, [{ token: await rest.tokenFor(role) }, { token: null, headers: { cookie, ...OWN_PAGE } }]);
  }
});
afterAll(() => rest.close());

// Names nothing that exists, so a call that is allowed fails on that and changes nothing.
const address = (path: string) => path.replaceAll(/\{\w+\}/g, "nothing");
const named = ROUTES.map((route) => ({ route, name: `${route.method} ${route.path}` }));

test.each(named)(
  "$name is refused to strangers, and to exactly the roles without its permission, by token as by cookie",
  async ({ route }) => {
    const call = (caller: Caller) => rest.call(route.method, address(route.path), caller);
    for (const token of [null, "not-a-token"]) {
      const answer = await call({ token });
      expect(answer.body).toMatchObject({ status: 401, code: "unauthenticated" });
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    }
    for (const [role, caller] of [...callers].flatMap(([role, both]) => both.map((one) => [role, one] as const))) {
      const { status, body } = await call(caller);
      if (roleCan(role, route.verb.permission)) expect([401, 403]).not.toContain(status);
      else
        expect(body).toMatchObject({
          status: 403,
          code: "forbidden",
          rolesThatCan: rolesThatCan(route.verb.permission),
        });
    }
  },
);

test("all those refusals and failures wrote no audit row", async () => {
  const { items } = (await rest.call("GET", "/audit?limit=200")).body;
  const known = new Set(["person.create", "cluster.create", "environment.create", "token.create"]);
  expect(items.filter((entry: { action: string }) => !known.has(entry.action))).toEqual([]);
});

test("a token is shown once, kept as a hash, and refused from the moment it is revoked", async () => {
  const made = await rest.call("POST", "/tokens", { body: { name: "ci", role: "scientist" } });
  expect(made.status).toBe(201);
  const { id, token } = made.body;
  expect((await rest.call("GET", "/models", { token })).status).toBe(200);
  const listed = await rest.call("GET", "/tokens");
  expect(JSON.stringify(listed.body)).not.toContain(token);
  const everything = await rest.container.services.db.read.$queryRaw<{ row: string }[]>`
    SELECT t::text AS row FROM "Token" t UNION ALL SELECT a::text FROM "Audit" a UNION ALL SELECT i::text FROM "Idempotency" i`;
  expect(everything.some(({ row }) => row.includes(token))).toBe(false);
  expect((await rest.call("DELETE", `/tokens/${id}`)).body.revokedAt).not.toBeNull();
  expect((await rest.call("GET", "/models", { token })).body).toMatchObject({ status: 401, code: "unauthenticated" });
});

test("a repeated request for a token is not told the token again", async () => {
  const headers = { "idempotency-key": "make-a-token" };
  const body = { name: "once", role: "viewer" };
  const [first, second] = [
    await rest.call("POST", "/tokens", { body, headers }),
    await rest.call("POST", "/tokens", { body, headers }),
  ];
  expect(second.body).toEqual({ ...first.body, token: null });
});
