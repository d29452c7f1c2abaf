import { afterAll, beforeAll, expect, test } from "vitest";
import { cookieOf, invite, OWN_PAGE, signedIn, signInRequest } from "#test/support/browser.ts";
import { type Rest, startRest } from "#test/support/rest.ts";
import { accountOf, signIn, signOut } from "./sign-in.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
});
afterAll(() => rest.close());

const ADMIN = { email: "admin@slipway.local", password: "correct horse battery" };
const post = (body: unknown, headers?: Record<string, string>) => signIn(rest.container, signInRequest(body, headers));
const by = (cookie: string, more: Record<string, string> = {}) => ({ token: null, headers: { cookie, ...more } });
const models = (cookie: string) => rest.call("GET", "/models", by(cookie));

test("a remembered session lasts 30 days, is hidden from scripts, and acts as its person", async () => {
  const answer = await post({ ...ADMIN, email: " Admin@Slipway.local ", remember: true });
  expect(answer.status).toBe(204);
  const [line = ""] = answer.headers.getSetCookie();
  expect(line).toContain("HttpOnly");
  expect(line).toContain("SameSite=Lax");
  expect(line).toContain("Max-Age=2592000");
  expect(line).not.toContain("Secure");
  const cookie = cookieOf(answer);
  const made = await rest.call("POST", "/models", { ...by(cookie, OWN_PAGE), body: { name: "by-cookie" } });
  expect(made.status).toBe(201);
  const { items } = (await rest.call("GET", "/audit?limit=1")).body;
  expect(items[0]).toMatchObject({ action: "model.create", actor: { kind: "user", name: "Administrator" } });
  expect(await accountOf(rest.container, new Headers({ cookie }))).toMatchObject({
    email: ADMIN.email,
    role: "administrator",
  });
});

test("behind TLS the cookie is Secure, and without being remembered it ends with the browser", async () => {
  const answer = await post({ ...ADMIN, remember: false }, { ...OWN_PAGE, "x-forwarded-proto": "https" });
  const line = answer.headers.getSetCookie().find((cookie) => cookie.startsWith("slipway.session_token")) ?? "";
  expect(line).toContain("; Secure");
  expect(line).not.toContain("Max-Age");
});

test("a wrong password and an unknown person are refused in the same words", async () => {
  const wrong = await (await post({ ...ADMIN, password: "wrong" })).json();
  const unknown = await (await post({ email: "nobody@slipway.local", password: "wrong" })).json();
  expect(wrong).toMatchObject({ status: 401, code: "unauthenticated" });
  expect({ ...unknown, requestId: "" }).toEqual({ ...wrong, requestId: "" });
});

test("a cookie that was altered, or signed by another installation, is nobody's", async () => {
  const cookie = cookieOf(await post(ADMIN));
  const [token = "", signature = ""] = decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1)).split(".");
  for (const forged of [token, `${token}.`, `${token}.${signature.replace(/^./, "_")}`, `x${token}.${signature}`])
    expect((await models(`slipway.session_token=${encodeURIComponent(forged)}`)).status).toBe(401);
  expect((await models(cookie)).status).toBe(200);
});

test("sign-out ends the session itself, not only the cookie", async () => {
  const cookie = cookieOf(await post(ADMIN));
  const request = (headers: Record<string, string>) =>
    new Request("http://127.0.0.1/api/auth/sign-out", { method: "POST", headers: { cookie, ...headers } });
  expect((await signOut(rest.container, request({ "sec-fetch-site": "cross-site" }))).status).toBe(403);
  expect((await models(cookie)).status).toBe(200);
  const answer = await signOut(rest.container, request(OWN_PAGE));
  expect(answer.headers.getSetCookie().join()).toContain("Max-Age=0");
  expect((await models(cookie)).status).toBe(401);
});

test.each([
  ["nothing said", {}],
  ["another site", { "sec-fetch-site": "cross-site" }],
  ["a sibling of the domain", { "sec-fetch-site": "same-site", origin: "http://127.0.0.1", host: "127.0.0.1" }],
  ["another origin", { origin: "http://evil.example", host: "127.0.0.1" }],
  ["another port", { origin: "http://127.0.0.1:81", host: "127.0.0.1" }],
  ["a hidden origin", { origin: "null", host: "127.0.0.1" }],
])("a write by cookie is refused with %s, and so is signing in", async (_, headers: Record<string, string>) => {
  const cookie = cookieOf(await post(ADMIN));
  const refused = { status: 403, code: "forbidden" };
  const create = await rest.call("POST", "/models", { ...by(cookie, headers), body: { name: "forged" } });
  expect(create.body).toMatchObject(refused);
  const upload = await rest.call("PUT", "/artifacts", { ...by(cookie, headers), raw: "bytes" });
  expect(upload.body).toMatchObject(refused);
  expect(await (await post(ADMIN, headers)).json()).toMatchObject(refused);
  expect((await rest.call("GET", "/models", by(cookie, headers))).status).toBe(200);
  expect((await rest.call("GET", "/models/forged")).status).toBe(404);
});

test("over plain http, where browsers send an origin alone, our own page may write", async () => {
  const headers = { origin: "http://slipway.example:3000", host: "slipway.example:3000" };
  const cookie = cookieOf(await post(ADMIN, headers));
  const made = await rest.call("POST", "/models", { ...by(cookie, headers), body: { name: "plain-http" } });
  expect(made.status).toBe(201);
});

test("a disabled person's sessions are over at once, and signing in says why", async () => {
  const person = await signedIn(rest.container, "operator");
  expect((await models(person.cookie)).status).toBe(200);
  expect((await rest.call("POST", `/people/${person.id}/disable`)).status).toBe(200);
  expect((await models(person.cookie)).status).toBe(401);
  const again = await (await post({ email: person.email, password: person.password })).json();
  expect(again).toMatchObject({ status: 403, detail: expect.stringContaining("disabled") });
  await rest.call("POST", `/people/${person.id}/enable`);
  expect((await models(person.cookie)).status).toBe(401);
  expect((await post({ email: person.email, password: person.password })).status).toBe(204);
});

test("a changed role holds from the next request on", async () => {
  const person = await signedIn(rest.container, "viewer");
  const create = () => rest.call("POST", "/models", { ...by(person.cookie, OWN_PAGE), body: { name: "promoted" } });
  expect((await create()).status).toBe(403);
  await rest.call("PUT", `/people/${person.id}/role`, { body: { role: "scientist" } });
  expect((await create()).status).toBe(201);
});

test("a bearer token that is wrong is refused even beside a good cookie", async () => {
  const cookie = cookieOf(await post(ADMIN));
  expect((await rest.call("GET", "/models", { token: "wrong", headers: { cookie } })).status).toBe(401);
});

test("what a proxy in front of us is told is not ours: a session holds beside it, and it alone is nobody's", async () => {
  const authorization = `Basic ${btoa("proxy:password")}`;
  const headers = { authorization, cookie: cookieOf(await post(ADMIN)) };
  expect((await rest.call("GET", "/models", { token: null, headers })).status).toBe(200);
  expect((await rest.call("GET", "/models", { token: null, headers: { authorization } })).status).toBe(401);
});

test("a password is not guessed: after ten attempts even the right one waits, many at once or not", async () => {
  const { email, password } = await invite(rest.container, "viewer", "guessed@slipway.local");
  const guesses = await Promise.all(Array.from({ length: 12 }, () => post({ email, password: "a guess" })));
  expect(guesses.map(({ status }) => status).sort()).toEqual([...Array(10).fill(401), 429, 429]);
  const right = await post({ email, password });
  expect(right.status).toBe(429);
  expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(800);
  await rest.container.services.db.read
    .$executeRaw`UPDATE "SignInAttempts" SET "windowSince" = "windowSince" - interval '16 minutes'`;
  expect((await post({ email, password })).status).toBe(204);
});

const from = (address: string) => ({ ...OWN_PAGE, "x-forwarded-for": `made-up, ${address}` });

test("whoever guesses keeps nobody else from signing in, though one of them has ten addresses of one network", async () => {
  const { email, password } = await invite(rest.container, "viewer", "kept-out@slipway.local");
  const guesses = await Promise.all(
    Array.from({ length: 12 }, (_, n) => post({ email, password: "a guess" }, from(`2001:db8::${n}`))),
  );
  expect(guesses.map(({ status }) => status).sort()).toEqual([...Array(10).fill(401), 429, 429]);
  expect((await post({ email, password }, from("2001:db8:0:1::1"))).status).toBe(204);
  expect((await post({ email, password }, from("2001:db8::ff"))).status).toBe(429);
});

test("many networks together guess a hundred times, not more; what each was refused is not counted", async () => {
  const { email, password } = await invite(rest.container, "viewer", "from-everywhere@slipway.local");
  const guess = async (address: string) => (await post({ email, password: "a guess" }, from(address))).status;
  for (let n = 0; n < 12; n++) expect(await guess("198.51.100.1")).toBe(n < 10 ? 401 : 429);
  // Each would take its time; the ten were counted.
  const others = await rest.container.services.db.read.$executeRaw`
    UPDATE "SignInAttempts" SET count = count + 88 WHERE key = encode(sha256(${`email ${email}`}::bytea), 'hex')`;
  expect(others).toBe(1);
  expect(await guess("198.51.100.2")).toBe(401);
  expect(await guess("198.51.100.3")).toBe(401);
  expect((await post({ email, password }, from("198.51.100.4"))).status).toBe(429);
});

test("one address cannot try one guess on everybody", async () => {
  const answers = await Promise.all(
    Array.from({ length: 51 }, (_, n) => post({ email: `p${n}@slipway.local`, password: "guess" }, from("192.0.2.7"))),
  );
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
});
