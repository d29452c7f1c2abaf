import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "#server/api/sign-in.ts";
import { invite, OWN_PAGE, signedIn, signInRequest } from "#test/support/browser.ts";
import { type Rest, startRest } from "#test/support/rest.ts";
import { changePassword } from "./change-password.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
});
afterAll(() => rest.close());

const people = async () => (await rest.call("GET", "/people")).body.items as { id: string; role: string }[];
const canSignIn = async (email: string, password: string) =>
  (await signIn(rest.container, signInRequest({ email, password }))).status === 204;

test("an invited person's password is shown once and opens the door", async () => {
  const headers = { "idempotency-key": "invite" };
  const body = { email: "Ada@Example.com", name: "Ada", role: "scientist" };
  const first = await rest.call("POST", "/people", { body, headers });
  expect(first.body).toMatchObject({ email: "ada@example.com", role: "scientist", disabledAt: null });
  expect((await rest.call("POST", "/people", { body, headers })).body).toEqual({ ...first.body, password: null });
  expect(await canSignIn("ada@example.com", first.body.password)).toBe(true);
  expect((await rest.call("POST", "/people", { body })).body).toMatchObject({ status: 409, code: "name_taken" });
  const rows = await rest.container.services.db.read.$queryRaw<{ row: string }[]>`
    SELECT t::text AS row FROM "Account" t UNION ALL SELECT a::text FROM "Audit" a UNION ALL SELECT i::text FROM "Idempotency" i`;
  expect(rows.some(({ row }) => row.includes(first.body.password))).toBe(false);
});

test("the last administrator stays one, also when two go at once", async () => {
  const first = (await people()).find(({ role }) => role === "administrator");
  const other = await invite(rest.container, "administrator", "other@example.com");
  const answers = await Promise.all(
    [first?.id, other.id].map((id) => rest.call("PUT", `/people/${id}/role`, { body: { role: "viewer" } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  const [left] = (await people()).filter(({ role }) => role === "administrator");
  expect((await rest.call("POST", `/people/${left?.id}/disable`)).body.detail).toContain("last administrator");
});

test("a new password ends every session of the person, whoever set it", async () => {
  const person = await signedIn(rest.container, "operator", "op@example.com");
  const read = () => rest.call("GET", "/models", { token: null, headers: { cookie: person.cookie } });
  expect((await read()).status).toBe(200);
  const reset = await rest.call("POST", `/people/${person.id}/password`);
  expect((await read()).status).toBe(401);
  expect(await canSignIn(person.email, person.password)).toBe(false);
  expect(await canSignIn(person.email, reset.body.password)).toBe(true);
});

test("one's own password changes by the old one, and no token has one", async () => {
  const person = await signedIn(rest.container, "viewer", "own@example.com");
  const { actorOf, serviceContext } = await import("#server/api/context.ts");
  const contextOf = async (headers: Record<string, string>) => {
    const request = new Request("http://127.0.0.1/", { method: "POST", headers });
    const actor = await actorOf(rest.container, request);
    return serviceContext(rest.container, { actor, requestId: "test", signal: request.signal, call: null });
  };
  const ctx = await contextOf({ cookie: person.cookie, ...OWN_PAGE });
  const next = "a longer password";
  await expect(changePassword.call(ctx, { current: "wrong", next })).rejects.toMatchObject({ code: "invalid" });
  await expect(changePassword.call(ctx, { current: person.password, next: "short" })).rejects.toThrow("10 characters");
  await changePassword.call(ctx, { current: person.password, next });
  expect(await canSignIn(person.email, next)).toBe(true);
  const token = await contextOf({ authorization: `Bearer ${await rest.tokenFor("viewer")}` });
  await expect(changePassword.call(token, { current: next, next })).rejects.toThrow("no password");
});
