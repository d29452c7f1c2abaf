import { afterAll, beforeAll, expect, test } from "vitest";
import { cookieOf, invite, OWN_PAGE, signedIn, signInRequest } from "#test/support/browser.ts";
import { type Rest, startRest } from "#test/support/rest.ts";
import { handleTrpc } from "./handle-trpc.ts";
import { signIn } from "./sign-in.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
});
afterAll(() => rest.close());

const models = async (cookie: string) =>
  (await rest.call("GET", "/models", { token: null, headers: { cookie } })).status;
const ask = (path: string, init: RequestInit = {}) =>
  handleTrpc(rest.container, new Request(`http://127.0.0.1/api/trpc/${path}`, init));
const FORM = '--x\r\ncontent-disposition: form-data; name="name"\r\n\r\nforged\r\n--x--\r\n';
const bodyFor = (headers: Record<string, string>) => (headers["content-type"]?.startsWith("multipart") ? FORM : body);
const JSON_TYPE = { "content-type": "application/json" };
const body = JSON.stringify({ name: "forged" });

test.each([
  ["a form's text", 415, { "content-type": "text/plain", origin: "http://evil.example", host: "127.0.0.1" }],
  ["a form", 415, { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "cross-site" }],
  ["a form with files", 403, { "content-type": "multipart/form-data; boundary=x", "sec-fetch-site": "cross-site" }],
  ["no type at all", 415, { "sec-fetch-site": "cross-site" }],
  ["JSON from a sibling of the domain", 403, { ...JSON_TYPE, "sec-fetch-site": "same-site" }],
  ["JSON from another origin", 403, { ...JSON_TYPE, origin: "http://evil.example", host: "127.0.0.1" }],
  [
    "JSON from an origin that even a proxy's header does not name",
    403,
    { ...JSON_TYPE, origin: "http://evil.example", host: "127.0.0.1", "x-forwarded-host": "slipway.example" },
  ],
])("another site's page changes nothing by tRPC with %s", async (_, status, headers: Record<string, string>) => {
  const { cookie } = await signedIn(rest.container, "administrator", `${crypto.randomUUID()}@slipway.local`);
  const answer = await ask("model.create", { method: "POST", headers: { ...headers, cookie }, body: bodyFor(headers) });
  expect(answer.status).toBe(status);
  expect((await rest.call("GET", "/models/forged")).status).toBe(404);
});

test("nothing changes by a mere link: a GET runs no mutation, whatever it says of itself", async () => {
  const { cookie } = await signedIn(rest.container, "scientist", "linked@slipway.local");
  const input = encodeURIComponent(body);
  for (const headers of [{}, { "x-http-method-override": "POST" }, { "content-type": "application/json" }]) {
    const answer = await ask(`model.create?input=${input}`, { headers: { ...headers, cookie, ...OWN_PAGE } });
    expect(answer.status).toBe(405);
    const rested = await rest.call("GET", "/models?name=forged", { token: null, headers: { ...headers, cookie } });
    expect(rested.status).toBe(422);
  }
  expect((await rest.call("GET", "/models/forged")).status).toBe(404);
});

test("a session that was there before is not the one that is signed in", async () => {
  const { email, password } = await invite(rest.container, "viewer", "fixed@slipway.local");
  const planted = "slipway.session_token=planted.by-somebody-else";
  const answer = await signIn(rest.container, signInRequest({ email, password }, { ...OWN_PAGE, cookie: planted }));
  expect(cookieOf(answer)).not.toBe(planted);
  expect(await models(planted)).toBe(401);
  const again = await signIn(
    rest.container,
    signInRequest({ email, password }, { ...OWN_PAGE, cookie: cookieOf(answer) }),
  );
  expect(cookieOf(again)).not.toBe(cookieOf(answer));
});

test("a changed password signs out everywhere, and the old one is worth nothing", async () => {
  const person = await signedIn(rest.container, "viewer", "changes@slipway.local");
  const elsewhere = cookieOf(
    await signIn(rest.container, signInRequest({ email: person.email, password: person.password })).then(ok),
  );
  expect(await models(elsewhere)).toBe(200);
  const change = await rest.call("PUT", "/people/me/password", {
    token: null,
    headers: { cookie: person.cookie, ...OWN_PAGE },
    body: { current: person.password, next: "another long password" },
  });
  expect(change.status).toBe(200);
  for (const cookie of [person.cookie, elsewhere]) expect(await models(cookie)).toBe(401);
  expect((await signIn(rest.container, signInRequest({ email: person.email, password: person.password }))).status).toBe(
    401,
  );
});

test.each([
  ["disabled", (id: string) => rest.call("POST", `/people/${id}/disable`)],
  ["given another password", (id: string) => rest.call("POST", `/people/${id}/password`)],
])("the stream of somebody who is %s ends at once and says why", async (what, end) => {
  const person = await signedIn(rest.container, "operator", `${what.replaceAll(" ", "-")}@slipway.local`);
  const stream = listen(
    await ask("changes.follow", { headers: { accept: "text/event-stream", cookie: person.cookie } }),
  );
  await stream.until('"observedAt"');
  const beganMs = performance.now();
  await end(person.id);
  await stream.until('"UNAUTHORIZED"');
  expect(performance.now() - beganMs).toBeLessThan(15_000);
});

test("whoever is disabled between being let in and the first news is told nothing", async () => {
  const { cookie, id } = await signedIn(rest.container, "viewer", "between@slipway.local");
  const { services } = rest.container;
  const feed: typeof services.feed = {
    async *follow(...asked) {
      await rest.call("POST", `/people/${id}/disable`);
      yield* services.feed.follow(...asked);
    },
  };
  const between = { ...rest.container, services: { ...services, feed } };
  const headers = { accept: "text/event-stream", cookie };
  const stream = listen(
    await handleTrpc(between, new Request("http://127.0.0.1/api/trpc/changes.follow", { headers })),
  );
  expect(await stream.until('"UNAUTHORIZED"')).not.toContain('"observedAt"');
});

test("the stream of a revoked token ends at once", async () => {
  const { id, token } = (await rest.call("POST", "/tokens", { body: { name: "follower", role: "viewer" } })).body;
  const headers = { accept: "text/event-stream", authorization: `Bearer ${token}` };
  const stream = listen(await ask("changes.follow", { headers }));
  await stream.until('"observedAt"');
  await rest.call("DELETE", `/tokens/${id}`);
  await stream.until('"UNAUTHORIZED"');
});

test("a changed role keeps the stream: it is asked again and goes on", async () => {
  const person = await signedIn(rest.container, "viewer", "promoted-stream@slipway.local");
  const leaving = new AbortController();
  const stream = listen(
    await ask("changes.follow", {
      headers: { accept: "text/event-stream", cookie: person.cookie },
      signal: leaving.signal,
    }),
  );
  await stream.until('"observedAt"');
  await rest.call("PUT", `/people/${person.id}/role`, { body: { role: "scientist" } });
  await stream.until(person.id);
  leaving.abort();
});

const ok = (answer: Response) => {
  if (answer.status !== 204) throw new Error(`sign-in answered ${answer.status}`);
  return answer;
};

/** What a stream says, until it has said `wanted`. Throws when it ends before. */
function listen(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  return {
    /** All that was heard by then. */
    async until(wanted: string): Promise<string> {
      while (!heard.includes(wanted)) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) throw new Error(`the stream ended without ${wanted}: ${heard}`);
        heard += value;
      }
      return heard;
    },
  };
}
