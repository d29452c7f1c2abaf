import { afterAll, beforeAll, expect, test } from "vitest";
import { createVault } from "#server/db/vault.ts";
import { resealClusters } from "#server/services/cluster/reseal.ts";
import { type Rest, startRest } from "#test/support/rest.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
});
afterAll(() => rest.close());

const TOKEN = "s3cr3t-token-of-a-cluster";
const kubeconfig = (server = "https://10.1.2.3:6443", user: object = { token: TOKEN }) =>
  JSON.stringify({
    kind: "Config",
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "one", context: { cluster: "c", user: "u" } }],
  });
const add = (name: string, given: string, more: object = {}) =>
  rest.call("POST", "/clusters", { body: { name, kubeconfig: given, ...more } });
const counts = async () => {
  const { read } = rest.container.services.db;
  return [await read.cluster.count(), await read.audit.count(), await read.change.count()];
};

test("what must not be in a kubeconfig is refused by name, and changes nothing", async () => {
  const before = await counts();
  for (const [given, named] of [
    [kubeconfig(undefined, { exec: { command: "sh" } }), "exec"],
    [kubeconfig(undefined, { token: TOKEN, tokenFile: "/etc/shadow" }), "tokenFile"],
    [kubeconfig("https://169.254.169.254"), "server"],
    [`a: &a [1]\nb: *a\n${kubeconfig()}`, "kubeconfig"],
    ["x".repeat(300_000), "KiB"],
    ["", "kubeconfig"],
  ] as const) {
    const { status, body } = await add("bad", given);
    expect(body).toMatchObject({ status: 422, code: "invalid", detail: expect.stringContaining(named) });
    expect({ status, told: JSON.stringify(body).includes(TOKEN) }).toEqual({ status: 422, told: false });
  }
  expect((await add("Bad Name", kubeconfig())).body.code).toBe("invalid");
  expect(await counts()).toEqual(before);
});

test("of several contexts one must be chosen, and the refusal lists them", async () => {
  const several = kubeconfig().replace(
    '"contexts":[',
    '"contexts":[{"name":"two","context":{"cluster":"c","user":"u"}},',
  );
  expect((await add("several", several)).body).toMatchObject({
    status: 422,
    contexts: ["two", "one"],
    errors: [{ path: "context", message: expect.stringContaining("two, one") }],
  });
  expect((await add("several", several, { context: "two" })).status).toBe(201);
});

test("credentials are kept encrypted and answered to nobody; names are taken once", async () => {
  const made = await add("ours", kubeconfig());
  expect(made.body).toMatchObject({
    name: "ours",
    source: "kubeconfig",
    server: "https://10.1.2.3:6443",
    generation: 1,
  });
  const listed = await rest.call("GET", "/clusters");
  expect(JSON.stringify([made.body, listed.body])).not.toContain(TOKEN);
  const rows = await rest.container.services.db.read.$queryRaw<{ row: string }[]>`
    SELECT c::text AS row FROM "Cluster" c UNION ALL SELECT a::text FROM "Audit" a UNION ALL SELECT i::text FROM "Idempotency" i`;
  expect(rows.filter(({ row }) => row.includes(TOKEN))).toEqual([]);
  expect(rows.some(({ row }) => row.includes("v1."))).toBe(true);
  expect((await add("ours", kubeconfig())).body).toMatchObject({ status: 409, code: "name_taken" });
});

test("new credentials need the generation that was seen, and say who was faster", async () => {
  const put = (headers: Record<string, string>) =>
    rest.call("PUT", "/clusters/ours", { body: { kubeconfig: kubeconfig("https://10.9.9.9") }, headers });
  expect((await put({})).body).toMatchObject({ status: 428 });
  expect((await put({ "if-match": '"1"' })).body).toMatchObject({ generation: 2, server: "https://10.9.9.9" });
  expect((await put({ "if-match": '"1"' })).body).toMatchObject({
    status: 412,
    code: "changed_meanwhile",
    generation: 2,
    updatedBy: "admin token",
  });
  const local = await rest.call("PUT", "/clusters/local", {
    body: { kubeconfig: kubeconfig() },
    headers: { "if-match": '"1"' },
  });
  expect(local.body).toMatchObject({ status: 422, detail: expect.stringContaining("started with") });
  expect((await rest.call("DELETE", "/clusters/local?abandon=true")).status).toBe(422);
});

test("after the key was changed, web encrypts what the one before had, and reads it with the new one alone", async () => {
  const { db, vault } = rest.container.services;
  const sealedOf = async () => (await db.read.cluster.findFirstOrThrow({ where: { name: "ours" } })).sealedAccess ?? "";
  const { id } = await db.read.cluster.findFirstOrThrow({ where: { name: "ours" } });
  const before = await sealedOf();
  expect(vault.open(before, `cluster/${id}`)).toContain(TOKEN);
  const rotated = createVault("another-key-for-this-test", "a-secret-key-for-tests-only");
  expect(await resealClusters(db, rotated)).toBe(2);
  expect(await resealClusters(db, rotated)).toBe(0);
  expect(createVault("another-key-for-this-test").open(await sealedOf(), `cluster/${id}`)).toContain(TOKEN);
  expect(() => vault.open("", `cluster/${id}`)).toThrow();
});

test("an environment is changed by whoever has seen its newest state; only what differs is audited", async () => {
  await rest.call("POST", "/environments", {
    body: {
      name: "staging",
      cluster: "ours",
      namespace: "staging",
      kind: "development",
      gatewayUrl: "http://10.0.0.8",
    },
  });
  const put = (body: object, ifMatch = 1) =>
    rest.call("PUT", "/environments/staging", { body, headers: { "if-match": `"${ifMatch}"` } });
  const changes = await counts();
  expect((await put({ warmFullMinutes: 60 })).body.generation).toBe(1);
  expect(await counts()).toEqual(changes);
  const labels = { podMonitorLabels: { release: "prometheus" }, scrapeNamespace: "monitoring" };
  const changed = await put({ kind: "production", warmFullMinutes: 30, ...labels, reason: "goes live" });
  expect(changed.body).toMatchObject({ kind: "production", warmFullMinutes: 30, ...labels, generation: 2 });
  const [audit] = (await rest.call("GET", "/audit?limit=1")).body.items;
  expect(audit).toMatchObject({
    action: "environment.update",
    before: { kind: "development", warmFullMinutes: 60, podMonitorLabels: null, scrapeNamespace: null },
    after: { kind: "production", warmFullMinutes: 30, ...labels },
    reason: "goes live",
  });
  expect((await put({ kind: "development" })).body).toMatchObject({
    status: 412,
    code: "changed_meanwhile",
    generation: 2,
  });
  expect((await put({ podMonitorLabels: null, scrapeNamespace: null }, 2)).body).toMatchObject({
    podMonitorLabels: null,
  });
  expect((await put({ namespace: "elsewhere" }, 3)).status).toBe(422);
  expect((await put({ gatewayUrl: "ftp://x" }, 3)).status).toBe(422);
});

test("what each start decides of its own environment is refused, the rest is not", async () => {
  const put = (body: object) => rest.call("PUT", "/environments/local", { body, headers: { "if-match": '"1"' } });
  expect((await put({ gatewayUrl: "http://10.0.0.1" })).body).toMatchObject({
    status: 422,
    errors: [{ path: "gatewayUrl" }],
  });
  expect((await put({ warmReplicas: 3 })).body).toMatchObject({ warmReplicas: 3 });
});
