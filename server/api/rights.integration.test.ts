import { afterAll, beforeAll, expect, test } from "vitest";
import { type Role, roleSchema } from "#domain/access/schema.ts";
import { OWN_PAGE, signedIn } from "#test/support/browser.ts";
import { type Rest, startRest } from "#test/support/rest.ts";
import { handleTrpc } from "./handle-trpc.ts";
import { ROUTES } from "./rest/routes.ts";
import { appRouter } from "./root.ts";

/**
 * The weakest role that may, written down once more and by hand: a new procedure is in no test of rights until somebody
 * has said here who it is for.
 */
const WEAKEST: Readonly<Record<string, Role>> = {
  "artifact.put": "scientist",
  "audit.list": "viewer",
  "changes.follow": "viewer",
  "cluster.create": "administrator",
  "cluster.list": "viewer",
  "cluster.remove": "administrator",
  "cluster.update": "administrator",
  "endpoint.alertRules": "viewer",
  "endpoint.create": "scientist",
  "endpoint.delete": "scientist",
  "endpoint.get": "viewer",
  "endpoint.list": "viewer",
  "endpoint.metrics": "viewer",
  "endpoint.overview": "viewer",
  "endpoint.plans": "viewer",
  "endpoint.podLog": "viewer",
  "endpoint.pods": "viewer",
  "endpoint.putTraffic": "scientist",
  "endpoint.reassert": "operator",
  "endpoint.resume": "scientist",
  "endpoint.rollback": "operator",
  "endpoint.rollbackPreview": "viewer",
  "endpoint.serving": "viewer",
  "endpoint.setHealthTargets": "scientist",
  "endpoint.trafficPreview": "viewer",
  "endpoint.try": "viewer",
  "environment.create": "administrator",
  "environment.delete": "administrator",
  "environment.list": "viewer",
  "environment.update": "administrator",
  "incident.acknowledge": "operator",
  "incident.get": "viewer",
  "incident.list": "viewer",
  "incident.note": "operator",
  "incident.resolve": "operator",
  "incident.silence": "operator",
  "model.create": "scientist",
  "model.deleteAlias": "scientist",
  "model.get": "viewer",
  "model.list": "viewer",
  "model.putAlias": "scientist",
  "person.changePassword": "viewer",
  "person.create": "administrator",
  "person.disable": "administrator",
  "person.enable": "administrator",
  "person.list": "administrator",
  "person.resetPassword": "administrator",
  "person.setRole": "administrator",
  "revision.create": "scientist",
  "system.get": "viewer",
  "token.create": "administrator",
  "token.list": "administrator",
  "token.revoke": "administrator",
  "version.get": "viewer",
  "version.graph": "viewer",
  "version.list": "viewer",
  "version.register": "scientist",
};
const procedures = Object.entries<{ _def: { type: string } }>(appRouter._def.procedures as never).map(
  ([name, { _def }]) => ({ name, type: _def.type }),
);
const routes = ROUTES.map((route) => ({ route, name: route.verb.name }));
const names = [...new Set([...procedures, ...routes].map(({ name }) => name))].sort();

type Decision = "unauthenticated" | "forbidden" | "allowed";
type Caller = Readonly<{ who: string; role: Role | null; headers: Record<string, string> }>;
const callers: Caller[] = [
  { who: "nobody", role: null, headers: {} },
  { who: "an unknown token", role: null, headers: { authorization: "Bearer made-up" } },
  { who: "an unknown cookie", role: null, headers: { cookie: "slipway.session_token=made.up", ...OWN_PAGE } },
];
let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
  for (const role of roleSchema.options) {
    const { cookie } = await signedIn(rest.container, role);
    const authorization = `Bearer ${await rest.tokenFor(role)}`;
    callers.push({ who: `${role} by cookie`, role, headers: { cookie, ...OWN_PAGE } });
    callers.push({ who: `${role} by token`, role, headers: { authorization } });
  }
});
afterAll(() => rest.close());

const expected = (role: Role | null, name: string): Decision => {
  if (role === null) return "unauthenticated";
  const roles = roleSchema.options;
  return roles.indexOf(role) >= roles.indexOf(WEAKEST[name] ?? "administrator") ? "allowed" : "forbidden";
};
const decided = (status: number): Decision =>
  status === 401 ? "unauthenticated" : status === 403 ? "forbidden" : "allowed";

test("of every procedure and every route it is written down who may use it, and of nothing else", () => {
  expect(names).toEqual(Object.keys(WEAKEST).sort());
});

// Inputs name nothing that exists, so whoever is allowed fails on that and changes nothing.
test.each(routes)("REST decides on $name by role alone: $route.method $route.path", async ({ route, name }) => {
  const path = route.path.replaceAll(/\{\w+\}/g, "nothing");
  for (const { who, role, headers } of callers) {
    const { status } = await rest.call(route.method, path, { token: null, headers });
    expect({ who, decision: decided(status) }).toEqual({ who, decision: expected(role, name) });
  }
});

test.each(procedures.filter(({ type }) => type !== "subscription"))(
  "tRPC decides on $name as REST does",
  async ({ name, type }) => {
    for (const { who, role, headers } of callers) {
      const { status } = await handleTrpc(rest.container, procedureRequest(name, type, headers));
      expect({ who, decision: decided(status) }).toEqual({ who, decision: expected(role, name) });
    }
  },
);

test.each(procedures.filter(({ type }) => type === "subscription"))(
  "the stream $name decides by the same rule, before it says anything",
  async ({ name }) => {
    for (const { who, role, headers } of callers) {
      const leaving = new AbortController();
      const request = new Request(`http://127.0.0.1/api/trpc/${name}`, {
        headers: { accept: "text/event-stream", ...headers },
        signal: leaving.signal,
      });
      const heard = await firstEvent(await handleTrpc(rest.container, request));
      leaving.abort();
      expect({ who, decision: heard }).toEqual({ who, decision: expected(role, name) });
    }
  },
);

test("an upload is refused before its body is read", async () => {
  for (const { who, role, headers } of mayNot("artifact.put")) {
    const { raw, isRead } = watched();
    const { status } = await rest.call("PUT", "/artifacts", { token: null, headers, raw });
    expect({ who, decision: decided(status), isRead: isRead() }).toEqual({
      who,
      decision: expected(role, "artifact.put"),
      isRead: false,
    });
  }
});

test.each(["model.create", "version.register,model.create?batch=1"])(
  "tRPC refuses %s before its body is read",
  async (path) => {
    for (const { who, role, headers } of mayNot("model.create")) {
      const { raw, isRead } = watched();
      const { status } = await handleTrpc(rest.container, streamed(path, headers, raw));
      expect({ who, decision: decided(status), isRead: isRead() }).toEqual({
        who,
        decision: expected(role, "model.create"),
        isRead: false,
      });
    }
  },
);

test("tRPC stops to read a body that does not end", async () => {
  const scientist = callers.find(({ who }) => who === "scientist by cookie");
  let sentBytes = 0;
  const raw = new ReadableStream<Uint8Array>({
    pull(controller) {
      sentBytes += 1 << 20;
      controller.enqueue(new Uint8Array(1 << 20).fill(32));
      if (sentBytes > 64 << 20) controller.close();
    },
  });
  const answer = await handleTrpc(rest.container, streamed("model.create", scientist?.headers ?? {}, raw));
  expect(await answer.json()).toMatchObject({ error: { data: { domain: { code: "payload_too_large" } } } });
  expect(answer.status).toBe(413);
  expect(sentBytes).toBeLessThan(40 << 20);
});

test("nobody asks for more in one request than a page does", async () => {
  const viewer = callers.find(({ who }) => who === "viewer by cookie");
  const ask = (calls: number) => {
    const path = Array(calls).fill("model.list").join(",");
    const input = encodeURIComponent(JSON.stringify({ ...Array(calls).fill({}) }));
    const address = `http://127.0.0.1/api/trpc/${path}?batch=1&input=${input}`;
    return handleTrpc(rest.container, new Request(address, { headers: viewer?.headers ?? {} }));
  };
  expect((await ask(30)).status).toBe(200);
  expect((await ask(31)).status).toBe(400);
});

test("one batch holds as many decisions as procedures", async () => {
  const viewer = callers.find(({ who }) => who === "viewer by cookie");
  const input = encodeURIComponent(JSON.stringify({ 0: {}, 1: {} }));
  const request = new Request(`http://127.0.0.1/api/trpc/model.list,person.list?batch=1&input=${input}`, {
    headers: viewer?.headers ?? {},
  });
  const answers = (await (await handleTrpc(rest.container, request)).json()) as { error?: unknown }[];
  expect(answers.map(({ error }) => error !== undefined)).toEqual([false, true]);
});

test("all of that changed nothing", async () => {
  const { items } = (await rest.call("GET", "/audit?limit=200")).body;
  const known = new Set(["person.create", "cluster.create", "environment.create", "token.create"]);
  expect(items.filter((entry: { action: string }) => !known.has(entry.action))).toEqual([]);
});

const mayNot = (name: string) => callers.filter(({ role }) => expected(role, name) !== "allowed");

/** A body that knows whether anybody wanted it. */
function watched() {
  let isRead = false;
  const raw = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        isRead = true;
        controller.enqueue(new Uint8Array(8));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { raw, isRead: () => isRead };
}

const streamed = (path: string, headers: Record<string, string>, body: ReadableStream<Uint8Array>) =>
  new Request(`http://127.0.0.1/api/trpc/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
    duplex: "half",
  } as RequestInit);

function procedureRequest(name: string, type: string, headers: Record<string, string>): Request {
  const input = JSON.stringify({ not: "valid" });
  const address = `http://127.0.0.1/api/trpc/${name}`;
  return type === "query"
    ? new Request(`${address}?input=${encodeURIComponent(input)}`, { headers })
    : new Request(address, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: input,
      });
}

/** What a stream begins with: news, or why not. */
async function firstEvent(response: Response): Promise<Decision> {
  if (response.status !== 200) return decided(response.status);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    text += value ?? "";
    const code = /"code":"(UNAUTHORIZED|FORBIDDEN)"/.exec(text)?.[1];
    if (code !== undefined) return code === "FORBIDDEN" ? "forbidden" : "unauthenticated";
    if (text.includes('"observedAt"')) return "allowed";
    if (done) throw new Error(`the stream ended with: ${text}`);
  }
}
