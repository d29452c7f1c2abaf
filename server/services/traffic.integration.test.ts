import { afterAll, beforeAll, expect, test } from "vitest";
import { reportEnvironment } from "#server/db/reconcile/environment-state.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { type Rest, startRest } from "#test/support/rest.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
  await rest.call("POST", "/models", { body: { name: "m" } });
  const { digest } = (await rest.call("PUT", "/artifacts", { raw: aScalingModel(2) })).body;
  for (const _ of [1, 2]) await rest.call("POST", "/models/m/versions", { body: { artifact: digest } });
  const production = {
    name: "prod",
    cluster: "local",
    namespace: "prod",
    kind: "production",
    gatewayUrl: "https://x.example",
  };
  await rest.call("POST", "/environments", { body: production });
});
afterAll(() => rest.close());

const db = () => rest.container.services.db.read;
const split = (...percents: number[]) =>
  percents.map((weightPercent, index) => ({ revision: index + 1, weightPercent }));

async function anEndpoint(name: string, revisions: number, environment = "local") {
  await rest.call("POST", "/endpoints", { body: { name, environment } });
  for (let made = 0; made < revisions; made += 1) await deploy(name);
}
const deploy = (name: string, more: object = {}) =>
  rest.call("POST", `/endpoints/${name}/revisions`, { body: { model: "m", version: "1", ...more } });
const put = (name: string, seen: number, entries: unknown, more: object = {}) =>
  rest.call("PUT", `/endpoints/${name}/traffic`, { headers: { "if-match": `"${seen}"` }, body: { entries, ...more } });
const roll = (name: string, body: object = {}) => rest.call("POST", `/endpoints/${name}/rollback`, { body });
const plansOf = async (name: string) => (await rest.call("GET", `/endpoints/${name}/plans`)).body.items;
/** What the worker writes once every router has a plan. */
const applied = (name: string, number: number, at = new Date()) =>
  db().trafficPlanStatus.updateMany({
    where: { plan: { number, endpoint: { name } } },
    data: { state: "applied", firstServedAt: at, appliedAt: at },
  });
const rangesOf = async (name: string, number: number) =>
  (
    await db().trafficPlanEntry.findMany({
      where: { plan: { number, endpoint: { name } } },
      orderBy: { revision: "asc" },
    })
  ).map((entry) => entry.ranges);

test("the first revision gets all traffic, a later one none until somebody gives it some", async () => {
  await rest.call("POST", "/endpoints", { body: { name: "first", environment: "local" } });
  const one = await deploy("first");
  expect(one.status).toBe(201);
  expect(one.headers.get("etag")).toBe('"1"');
  expect(one.body).toMatchObject({ revision: 1, plan: { number: 1, kind: "revision", status: "pending" } });
  const two = (await deploy("first")).body;
  const weights = two.plan.entries.map((entry: { weightPercent: number }) => entry.weightPercent);
  expect(weights).toEqual([100, 0]);
  expect((await plansOf("first")).map((plan: { status: string }) => plan.status)).toEqual(["pending", "superseded"]);
  const endpoint = (await rest.call("GET", "/endpoints/first")).body;
  expect(endpoint).toMatchObject({ url: "http://127.0.0.1:8088/first", environment: "local", plan: { number: 2 } });
  expect(endpoint.revisions).toHaveLength(2);
});

test("a revision is deployed by alias, and says which version that was", async () => {
  await rest.call("PUT", "/models/m/aliases/champion", { body: { version: "2" } });
  await anEndpoint("by-alias", 0);
  const { body } = await rest.call("POST", "/endpoints/by-alias/revisions", {
    body: { model: "m", alias: "champion" },
  });
  expect(body).toMatchObject({ version: "2", replicas: { min: 1, max: 1 }, resources: { gpu: 0 } });
});

test("growing a candidate moves no unit that it has, and shrinking gives back only what it had", async () => {
  await anEndpoint("ranges", 2);
  await put("ranges", 2, split(90, 10));
  await put("ranges", 3, split(50, 50));
  expect(await rangesOf("ranges", 3)).toEqual([[[0, 9000]], [[9000, 10000]]]);
  expect(await rangesOf("ranges", 4)).toEqual([[[0, 5000]], [[5000, 10000]]]);
});

test("a plan that was replaced before any router served it moves nobody", async () => {
  await anEndpoint("unserved", 2);
  await put("unserved", 2, split(0, 100));
  await put("unserved", 3, split(50, 50));
  await applied("unserved", 4);
  expect(await rangesOf("unserved", 4)).toEqual([[[5000, 10000]], [[0, 5000]]]);
  await put("unserved", 4, split(100, 0));
  const preview = await rest.call("POST", "/endpoints/unserved/traffic/preview", { body: { entries: split(50, 50) } });
  expect(preview.body).toMatchObject({ movedPercent: 0, before: split(50, 50) });
  await put("unserved", 5, split(50, 50));
  expect(await rangesOf("unserved", 6)).toEqual([[[5000, 10000]], [[0, 5000]]]);
});

test("two people on one endpoint: the second is told whose plan it was, and why", async () => {
  await anEndpoint("two", 2);
  await put("two", 2, split(90, 10), { reason: "careful start" });
  const late = await put("two", 2, split(50, 50));
  expect(late.body).toMatchObject({
    status: 412,
    code: "plan_conflict",
    currentPlan: { number: 3, decidedBy: "admin token", reason: "careful start" },
  });
  expect(late.body.detail).toContain("careful start");
  expect(await plansOf("two")).toHaveLength(3);
});

test("at the same moment, exactly one of two wins", async () => {
  await anEndpoint("race", 2);
  for (let seen = 2; seen < 12; seen += 1) {
    const answers = await Promise.all([put("race", seen, split(90, 10)), put("race", seen, split(80, 20))]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
  }
});

test("a plan without If-Match is 428, with a stale or unreadable one refused", async () => {
  await anEndpoint("if-match", 1);
  const body = { entries: split(100) };
  expect((await rest.call("PUT", "/endpoints/if-match/traffic", { body })).body).toMatchObject({
    status: 428,
    code: "precondition_required",
  });
  expect((await rest.call("PUT", "/endpoints/if-match/traffic", { body, headers: { "if-match": "*" } })).status).toBe(
    422,
  );
  expect((await put("if-match", 7, split(100))).status).toBe(412);
});

test.each([
  ["weights summing to 90", split(80, 10)],
  [
    "a missing revision",
    [
      { revision: 1, weightPercent: 50 },
      { revision: 9, weightPercent: 50 },
    ],
  ],
  [
    "a revision twice",
    [
      { revision: 1, weightPercent: 50 },
      { revision: 1, weightPercent: 50 },
    ],
  ],
  [
    "a weight finer than 0.01",
    [
      { revision: 1, weightPercent: 99.995 },
      { revision: 2, weightPercent: 0.005 },
    ],
  ],
  ["a negative weight", split(110, -10)],
  ["no entry", []],
  ["a weight as text", [{ revision: 1, weightPercent: "100" }]],
  ["an unknown role", [{ revision: 1, weightPercent: 100, role: "canary" }]],
])("%s is refused by field and decides nothing", async (what, entries) => {
  const name = `bad-${what.length}${what.replaceAll(/[^a-z]/g, "")}`;
  await anEndpoint(name, 2);
  const audits = await db().audit.count();
  const answer = await put(name, 2, entries);
  expect(answer.body).toMatchObject({ status: 422, code: "invalid" });
  expect(answer.body.errors[0].path).toMatch(/^entries/);
  expect(await plansOf(name)).toHaveLength(2);
  expect(await db().audit.count()).toBe(audits);
});

test("a rollback repeats the stored ranges, pins the endpoint and names both plans in the audit log", async () => {
  await anEndpoint("back", 2);
  await applied("back", 2);
  await put("back", 2, split(90, 10));
  await applied("back", 3);
  await put("back", 3, split(0, 100));
  await applied("back", 4);
  const answer = await roll("back", { reason: "errors since noon" });
  expect(answer.body).toMatchObject({ number: 5, kind: "rollback", rolledBackFrom: 4, repeatsPlan: 2, when: "now" });
  expect(await rangesOf("back", 5)).toEqual(await rangesOf("back", 2));
  const endpoint = (await rest.call("GET", "/endpoints/back")).body;
  expect(endpoint.pinnedAt).not.toBeNull();
  const [audit] = (await rest.call("GET", "/audit?limit=1")).body.items;
  expect(audit).toMatchObject({
    action: "endpoint.rollback",
    reason: "errors since noon",
    before: { plan: 4 },
    after: { plan: 5, repeatsPlan: 2 },
  });
  expect((await rest.call("POST", "/endpoints/back/resume", { body: {} })).body.pinnedAt).toBeNull();
});

test("a rollback may name its plan, also as an undo", async () => {
  await anEndpoint("undo", 2);
  await applied("undo", 2);
  await put("undo", 2, split(40, 60));
  await applied("undo", 3);
  await roll("undo");
  await applied("undo", 4);
  expect((await roll("undo", { toPlan: 3 })).body).toMatchObject({ number: 5, repeatsPlan: 3, rolledBackFrom: 4 });
  expect(await rangesOf("undo", 5)).toEqual(await rangesOf("undo", 3));
});

test("two who roll back to the same plan at once make one change, and its undo stays", async () => {
  await anEndpoint("at-once", 2);
  await applied("at-once", 2);
  await put("at-once", 2, split(40, 60));
  await applied("at-once", 3);
  const audits = await db().audit.count();
  const both = await Promise.all([roll("at-once", { toPlan: 2 }), roll("at-once", { toPlan: 2 })]);
  expect(both.map(({ body }) => body)).toMatchObject([
    { number: 4, repeatsPlan: 2, rolledBackFrom: 3 },
    { number: 4, repeatsPlan: 2, rolledBackFrom: 3 },
  ]);
  expect((await db().audit.count()) - audits).toBe(1);
  await applied("at-once", 4);
  expect((await roll("at-once", { toPlan: 3 })).body).toMatchObject({ number: 5, repeatsPlan: 3 });
});

test("a rollback that is to begin now is no repetition of one that waits, nor of one that was replaced", async () => {
  await anEndpoint("hurry", 2);
  await applied("hurry", 2);
  await put("hurry", 2, split(0, 100));
  await applied("hurry", 3);
  expect((await roll("hurry", { toPlan: 2, when: "capacity" })).body).toMatchObject({ number: 4, when: "capacity" });
  expect((await roll("hurry", { toPlan: 2, when: "now" })).body).toMatchObject({ number: 5, when: "now" });
  await put("hurry", 5, split(50, 50));
  await db().trafficPlanStatus.updateMany({
    where: { plan: { number: 6, endpoint: { name: "hurry" } } },
    data: { state: "failed" },
  });
  expect((await roll("hurry", { toPlan: 2, when: "now" })).body).toMatchObject({ number: 7, repeatsPlan: 2 });
});

test("while a change waits for its pods, what is shown as live and as what a rollback leaves is what callers meet", async () => {
  await anEndpoint("waits", 2);
  await applied("waits", 2);
  await put("waits", 2, split(0, 100));
  await applied("waits", 3);
  await roll("waits");
  const entries = [
    { revision: 1, weightPercent: 0 },
    { revision: 2, weightPercent: 100 },
  ];
  const view = (await rest.call("GET", "/endpoints/waits")).body;
  expect(view).toMatchObject({ plan: { number: 4, status: "pending" }, served: { number: 3, entries } });
  const listed = (await rest.call("GET", "/endpoints?limit=200")).body.items;
  expect(listed.find(({ name }: { name: string }) => name === "waits")).toMatchObject({ served: { number: 3 } });
  const preview = (await rest.call("GET", "/endpoints/waits/rollback?toPlan=3")).body;
  expect(preview.leaves).toMatchObject({ plan: 4, entries });
});

test("a rollback to pods that are known not to start names why instead of a time, and what speaks against a chosen plan", async () => {
  await anEndpoint("stuck", 2);
  await applied("stuck", 2);
  await put("stuck", 2, split(0, 100));
  await applied("stuck", 3);
  const { id } = await db().revision.findFirstOrThrow({ where: { number: 1, endpoint: { name: "stuck" } } });
  const trouble = { code: "configuration", message: "Secret s is missing.", fix: "Create it." };
  await db().revisionStatus.create({
    data: {
      revisionId: id,

      observedAt: new Date(),
      readyReplicas: 0,
      desiredReplicas: 1,
      trouble,
    },
  });
  const { target } = (await rest.call("GET", "/endpoints/stuck/rollback")).body;
  expect(target).toMatchObject({ plan: 2, waitSeconds: null, cannotStart: trouble, against: null });
  await roll("stuck");
  await applied("stuck", 4);
  const back = async () => (await rest.call("GET", "/endpoints/stuck/rollback?toPlan=3")).body.target;
  expect(await back()).toMatchObject({ against: "it was rolled back from", missedTargets: false });
  await db().trafficPlanStatus.updateMany({
    where: { plan: { number: 3, endpoint: { name: "stuck" } } },
    data: { missedTargetsAt: new Date() },
  });
  expect(await back()).toMatchObject({ against: "it missed its health targets", missedTargets: true });
});

test("a rollback finds its target however many changes ago that was served", async () => {
  await anEndpoint("long", 2);
  await applied("long", 2);
  for (let seen = 2; seen < 50; seen += 1) {
    await put("long", seen, seen % 2 === 0 ? split(90, 10) : split(80, 20));
    await applied("long", seen + 1);
  }
  const preview = await rest.call("GET", "/endpoints/long/rollback");
  expect(preview.body).toMatchObject({ target: { plan: 2 }, leaves: { plan: 50 } });
  expect((await roll("long")).body).toMatchObject({ number: 51, repeatsPlan: 2, rolledBackFrom: 50 });
  expect((await roll("long", { toPlan: 4 })).body).toMatchObject({ number: 52, repeatsPlan: 4, rolledBackFrom: 51 });
  expect(await rangesOf("long", 52)).toEqual(await rangesOf("long", 4));
});

test("nothing to roll back to is 409 with the choices", async () => {
  await anEndpoint("alone", 1);
  await applied("alone", 1);
  expect((await roll("alone")).body).toMatchObject({ status: 409, code: "no_rollback_target", choices: [] });
  await put("alone", 1, split(100));
  await applied("alone", 2);
  const refused = (await roll("alone")).body;
  expect(refused.choices).toEqual([
    { plan: 1, refusedBecause: expect.any(String), entries: [{ revision: 1, role: "live", weightPercent: 100 }] },
  ]);
  expect((await roll("alone", { toPlan: 99 })).body).toMatchObject({ status: 409, code: "no_rollback_target" });
  expect((await rest.call("GET", "/endpoints/alone")).body.pinnedAt).toBeNull();
});

test("what was live at a moment, and what slower routers may still have served", async () => {
  await anEndpoint("ledger", 2);
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
  await put("ledger", 2, split(90, 10));
  await put("ledger", 3, split(50, 50));
  await applied("ledger", 2, at(0));
  await db().trafficPlanStatus.updateMany({
    where: { plan: { number: 3, endpoint: { name: "ledger" } } },
    data: { firstServedAt: at(10), state: "superseded" },
  });
  await applied("ledger", 4, at(20));
  const live = async (minute: number) => {
    const { items, alsoServing } = (await rest.call("GET", `/endpoints/ledger/plans?at=${at(minute).toISOString()}`))
      .body;
    const numbers = (plans: { number: number }[]) => plans.map((plan) => plan.number);
    return { live: numbers(items), alsoServing: numbers(alsoServing) };
  };
  expect(await live(-5)).toEqual({ live: [], alsoServing: [] });
  expect(await live(5)).toEqual({ live: [2], alsoServing: [] });
  expect(await live(15)).toEqual({ live: [3], alsoServing: [2] });
  expect(await live(25)).toEqual({ live: [4], alsoServing: [] });
  // Postgres counts microseconds, and the API tells milliseconds: the moment it tells is one at which this was live.
  await db().$executeRaw`UPDATE "TrafficPlanStatus" SET "firstServedAt" = "firstServedAt" + interval '400 microseconds',
    "appliedAt" = "appliedAt" + interval '400 microseconds' WHERE "appliedAt" = ${at(20)}`;
  expect(await live(20)).toEqual({ live: [4], alsoServing: [] });
});

test("a deleted endpoint takes no more changes, and its name is free when its objects are gone", async () => {
  await anEndpoint("gone", 1);
  const deleted = await rest.call("DELETE", "/endpoints/gone");
  expect(deleted.status).toBe(202);
  expect(deleted.body).toMatchObject({ deletedAt: expect.any(String), plan: { kind: "delete", entries: [] } });
  for (const refused of [
    await deploy("gone"),
    await roll("gone"),
    await put("gone", 2, split(100)),
    await rest.call("DELETE", "/endpoints/gone"),
  ])
    expect(refused.body).toMatchObject({ status: 409, code: "endpoint_deleting" });
  const again = () => rest.call("POST", "/endpoints", { body: { name: "gone", environment: "local" } });
  expect((await again()).body.code).toBe("endpoint_deleting");
  await db().endpointStatus.create({
    data: { endpointUid: deleted.body.uid, observedGeneration: 3, observedAt: new Date(), purgedAt: new Date() },
  });
  expect((await rest.call("GET", "/endpoints/gone")).status).toBe(404);
  expect((await again()).status).toBe(201);
  expect((await rest.call("GET", "/endpoints/gone")).body.plan).toBeNull();
});

test("a name in two environments needs its environment", async () => {
  await anEndpoint("twice", 0);
  await anEndpoint("twice", 0, "prod");
  expect((await rest.call("GET", "/endpoints/twice")).body).toMatchObject({
    status: 409,
    code: "ambiguous_endpoint",
    environments: ["local", "prod"],
  });
  expect((await rest.call("GET", "/endpoints/twice?environment=prod")).body).toMatchObject({
    environment: "prod",
    url: "https://x.example/twice",
  });
  expect((await rest.call("DELETE", "/endpoints/twice?environment=prod")).status).toBe(202);
  expect((await rest.call("GET", "/endpoints/twice")).body.environment).toBe("local");
});

test("a scientist deploys outside production, an operator inside too", async () => {
  await anEndpoint("safe", 0, "prod");
  await anEndpoint("lab", 0);
  const body = { model: "m", version: "1" };
  const [scientist, operator] = [await rest.tokenFor("scientist"), await rest.tokenFor("operator")];
  const as = (token: string, name: string) => rest.call("POST", `/endpoints/${name}/revisions`, { body, token });
  expect((await as(scientist, "lab")).status).toBe(201);
  expect((await as(scientist, "safe")).body).toMatchObject({
    status: 403,
    rolesThatCan: ["operator", "administrator"],
  });
  expect((await as(operator, "safe")).status).toBe(201);
  expect((await rest.call("DELETE", "/endpoints/safe", { token: scientist })).status).toBe(403);
});

test("a GPU asked of a runtime without one is refused, naming those that have it", async () => {
  await anEndpoint("gpu", 0);
  expect((await deploy("gpu", { resources: { gpu: 1 } })).body).toMatchObject({
    status: 422,
    code: "device_unsupported",
    runtimesWithGpu: [],
  });
  expect((await deploy("gpu", { runtime: "triton" })).body).toMatchObject({ status: 422, code: "invalid" });
});

test.each([
  ["neither version nor alias", { version: undefined }],
  ["both version and alias", { alias: "champion" }],
  ["a reserved variable", { env: { MODEL_DIR: "/tmp" } }],
  ["an illegal variable name", { env: { "1A": "x" } }],
  ["memory without a unit", { resources: { memory: "512" } }],
  ["max below min", { replicas: { min: 3, max: 1 } }],
  ["no replica", { replicas: { min: 0 } }],
  ["an unknown field", { replica: 3 }],
])("a revision with %s is refused and not numbered", async (what, more) => {
  const name = what.toLowerCase().replaceAll(/[^a-z]/g, "-");
  await anEndpoint(name, 0);
  const answer = await deploy(name, more);
  expect(answer.body).toMatchObject({ status: 422, code: "invalid" });
  expect(answer.body.errors.length).toBeGreaterThan(0);
  expect((await rest.call("GET", `/endpoints/${name}`)).body.revisions).toEqual([]);
});

test("fifty deployments at once: plans and revisions are numbered without a gap, one audit and one change row each", async () => {
  await anEndpoint("busy", 0);
  const before = { audits: await db().audit.count(), changes: await db().change.count() };
  const answers = await Promise.all(Array.from({ length: 50 }, () => deploy("busy")));
  const upTo50 = Array.from({ length: 50 }, (_, index) => index + 1);
  const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b);
  expect(sorted(answers.map((answer) => answer.body.revision))).toEqual(upTo50);
  expect(sorted(answers.map((answer) => answer.body.plan.number))).toEqual(upTo50);
  expect((await db().audit.count()) - before.audits).toBe(50);
  expect((await db().change.count()) - before.changes).toBe(50);
  expect(
    await db().trafficPlanStatus.count({ where: { state: "pending", plan: { endpoint: { name: "busy" } } } }),
  ).toBe(1);
});

test("a database older than the cluster decides nothing until a person says that it holds, then goes on above", async () => {
  await anEndpoint("restored", 2);
  const { uid } = (await rest.call("GET", "/endpoints/restored")).body;
  await db().endpointStatus.create({
    data: { endpointUid: uid, observedGeneration: 2, publishedPlan: 7, observedAt: new Date() },
  });
  for (const refused of [await put("restored", 2, split(50, 50)), await deploy("restored"), await roll("restored")])
    expect(refused.body).toMatchObject({ status: 412, code: "plan_conflict", clusterPlan: 7, newestPlan: 2 });
  const reassert = () =>
    rest.call("POST", "/endpoints/restored/reassert", { body: { reason: "restored from backup" } });
  expect((await reassert()).body).toMatchObject({ number: 8, entries: [{ weightPercent: 100 }, { weightPercent: 0 }] });
  expect(await rangesOf("restored", 8)).toEqual(await rangesOf("restored", 2));
  expect((await reassert()).body.code).toBe("plan_conflict");
  expect((await put("restored", 8, split(50, 50))).body.number).toBe(9);
});

test("what was put back by hand holds on when the plan of the ledger that gives the same is chosen", async () => {
  await anEndpoint("by-hand", 2);
  const { uid } = (await rest.call("GET", "/endpoints/by-hand")).body;
  expect((await put("by-hand", 2, split(0, 100))).body.number).toBe(3);
  await db().endpointStatus.create({
    data: { endpointUid: uid, observedGeneration: 2, publishedPlan: 1003, observedAt: new Date() },
  });
  const reassert = (toPlan: number) => rest.call("POST", "/endpoints/by-hand/reassert", { body: { toPlan } });
  expect((await reassert(4)).body).toMatchObject({ status: 404, code: "not_found" });
  expect((await reassert(1)).body).toMatchObject({
    number: 1004,
    repeatsPlan: 1,
    entries: [{ revision: 1, weightPercent: 100 }],
  });
  expect(await rangesOf("by-hand", 1004)).toEqual(await rangesOf("by-hand", 1));
});

test("a long list shows each endpoint with the revisions of its plan, however many others there are", async () => {
  await rest.call("POST", "/environments", {
    body: { name: "many", cluster: "local", namespace: "many", kind: "development", gatewayUrl: "https://x.example" },
  });
  // 120 endpoints with 100 revisions each, every one of which serves another: more than 10,000 pairs of both.
  await db().$executeRaw`
    WITH e AS (
      INSERT INTO "Endpoint" (name, "environmentId", salt, "healthTargets", "createdBy")
      SELECT 'many-' || n, v.id, 's', '{}', 't' FROM generate_series(1, 120) n, "Environment" v WHERE v.name = 'many'
      RETURNING uid, substr(name, 6)::int AS n
    ), r AS (
      INSERT INTO "Revision" ("endpointUid", number, "versionId", runtime, "replicasMin", "replicasMax", resources, env, "createdBy")
      SELECT e.uid, number, (SELECT id FROM "ModelVersion" LIMIT 1), 'onnx', 1, 1,
             '{"cpu":"1","memory":"1Gi","gpu":0}', '{}', 't' FROM e, generate_series(1, 100) number
    ), p AS (
      INSERT INTO "TrafficPlan" ("endpointUid", number, kind, salt, "decidedBy")
      SELECT uid, 1, 'revision', 's', 't' FROM e RETURNING id, "endpointUid"
    )
    INSERT INTO "TrafficPlanEntry" ("planId", revision, role, "weightBps", ranges)
    SELECT p.id, 1 + e.n % 100, 'live', 10000, '[[0, 10000]]' FROM p JOIN e ON e.uid = p."endpointUid"`;
  const { items } = (await rest.call("GET", "/endpoints?environment=many&limit=200")).body;
  expect(items).toHaveLength(120);
  const shown = items.map((item: { revisions: { revision: number }[] }) => item.revisions.map((r) => r.revision));
  const named = items.map((item: { plan: { entries: { revision: number }[] } }) => [item.plan.entries[0]?.revision]);
  expect(shown).toEqual(named);
});

test("what the worker has never seen was seen never, and not in 1970", async () => {
  const { id } = await db().environment.findFirstOrThrow({ where: { name: "prod" } });
  await reportEnvironment(rest.container.services.db, {
    environmentId: id,
    observedGeneration: 1,
    routersReady: 0,
    conditions: [],
  });
  const { items } = (await rest.call("GET", "/environments")).body;
  expect(items.find(({ name }: { name: string }) => name === "prod")).toMatchObject({ observedAt: null });
});
