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

const served = { model: "none", version: "1" };
type Write = Readonly<{ does: string; method: string; path: string; body?: object; ifMatch?: string }>;
/** What a scientist may do, but not in production; by the name of its verb. */
const WRITES: Readonly<Record<string, (environment: string) => Write[]>> = {
  "endpoint.create": (environment) => [
    {
      does: "a new endpoint",
      method: "POST",
      path: "/endpoints",
      body: { name: `new-in-${environment}`, environment },
    },
  ],
  "revision.create": (environment) => [
    { does: "a revision", method: "POST", path: `/endpoints/there/revisions?environment=${environment}`, body: served },
    {
      does: "a dry run",
      method: "POST",
      path: `/endpoints/there/revisions?environment=${environment}&dryRun=true`,
      body: served,
    },
    {
      does: "a dry run of a new endpoint",
      method: "POST",
      path: `/endpoints/soon/revisions?environment=${environment}&dryRun=true`,
      body: { ...served, newEndpoint: true },
    },
  ],
  "endpoint.putTraffic": (environment) => [
    {
      does: "traffic",
      method: "PUT",
      path: `/endpoints/there/traffic?environment=${environment}`,
      body: { entries: [{ revision: 1, weightPercent: 100 }] },
      ifMatch: '"0"',
    },
  ],
  "endpoint.resume": (environment) => [
    { does: "resuming", method: "POST", path: `/endpoints/there/resume?environment=${environment}`, body: {} },
  ],
  "endpoint.setHealthTargets": (environment) => [
    {
      does: "health targets",
      method: "PUT",
      path: `/endpoints/there/health-targets?environment=${environment}`,
      body: { healthTargets: { readyPodsMin: 2 } },
    },
  ],
  "endpoint.delete": (environment) => [
    { does: "deleting", method: "DELETE", path: `/endpoints/there?environment=${environment}` },
  ],
};

test("a scientist changes in development what an operator changes in production, and in production nothing", async () => {
  const scientist = await rest.tokenFor("scientist");
  const operator = await rest.tokenFor("operator");
  const verbs = ROUTES.map(({ verb }) => verb).filter(({ permission }) =>
    /^(endpoint|traffic):write$/.test(permission),
  );
  expect(Object.keys(WRITES).sort()).toEqual([...new Set(verbs.map(({ name }) => name))].sort());
  const environment = { cluster: "local", namespace: "live", kind: "production", gatewayUrl: "https://g.example" };
  await rest.call("POST", "/environments", { body: { name: "live", ...environment } });
  for (const name of ["live", "local"])
    expect((await rest.call("POST", "/endpoints", { body: { name: "there", environment: name } })).status).toBe(201);

  const refusals = async (token: string, environment: string) => {
    const refused: string[] = [];
    for (const { does, method, path, body, ifMatch } of Object.values(WRITES).flatMap((of) => of(environment))) {
      const headers = ifMatch === undefined ? {} : { "if-match": ifMatch };
      const answer = await rest.call(method, path, { token, headers, ...(body === undefined ? {} : { body }) });
      if (answer.body?.code === "forbidden") {
        expect(answer.body.permission).toBe("production:write");
        refused.push(does);
      }
      // Else done, or lacking a model: never a mistake in what was asked.
      else expect([200, 201, 202, 404, 422]).toContain(answer.status);
    }
    return refused;
  };
  const all = Object.values(WRITES).flatMap((of) => of("live").map(({ does }) => does));
  expect(await refusals(scientist, "live")).toEqual(all);
  expect((await rest.call("GET", "/endpoints?environment=live")).body.items).toHaveLength(1);
  expect(await refusals(scientist, "local")).toEqual([]);
  expect(await refusals(operator, "live")).toEqual([]);
});
