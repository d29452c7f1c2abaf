import { afterAll, beforeAll, expect, test } from "vitest";
import { aScalingModel } from "#test/factories/onnx.ts";
import { invite } from "#test/support/browser.ts";
import { type Answer, type Rest, startRest } from "#test/support/rest.ts";
import { until } from "#test/support/worker-harness.ts";

/** Two people at once: the second begins when the first has done everything but commit. */

let rest: Rest;
beforeAll(async () => {
  rest = await startRest({
    SLIPWAY_WEBHOOK_URL: "http://127.0.0.1:1/hook",
    SLIPWAY_WEBHOOK_SECRET: "a-webhook-secret-for-tests",
  });
  await rest.call("POST", "/models", { body: { name: "m" } });
  const { digest } = (await rest.call("PUT", "/artifacts", { raw: aScalingModel(2) })).body;
  await rest.call("POST", "/models/m/versions", { body: { artifact: digest } });
});
afterAll(() => rest.close());

const db = () => rest.container.services.db;
// The lock that a writing transaction takes last (server/db/record-change.ts).
const RECORD_LOCK = 7_114_701;
type Call = () => Promise<Answer>;

async function overlapping(...calls: readonly Call[]): Promise<Answer[]> {
  const answers: Promise<Answer>[] = [];
  let ended = 0;
  const waiting = async () => {
    const [row] = await db().read.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted AND pid IN
        (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`;
    return (row?.count ?? 0) + ended === answers.length;
  };
  await db().inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${RECORD_LOCK}::bigint)::text`;
    for (const call of calls) {
      answers.push(call().finally(() => (ended += 1)));
      await until("each to wait or to be refused", waiting, 10_000);
    }
  });
  return Promise.all(answers);
}
const codes = (answers: readonly Answer[]) => answers.map(({ status, body }) => body.code ?? status);

const aCluster = (name: string) =>
  rest.call("POST", "/clusters", {
    body: {
      name,
      kubeconfig: JSON.stringify({
        clusters: [{ name: "c", cluster: { server: "https://10.1.2.3:6443" } }],
        users: [{ name: "u", user: { token: "a-token" } }],
        contexts: [{ name: "one", context: { cluster: "c", user: "u" } }],
      }),
    },
  });
const anEnvironment = (name: string, cluster: string) =>
  rest.call("POST", "/environments", {
    body: { name, cluster, namespace: name, kind: "development", gatewayUrl: "http://10.0.0.8" },
  });
const anEndpoint = (name: string, environment = "local") =>
  rest.call("POST", "/endpoints", { body: { name, environment } });
const deploy = (name: string) =>
  rest.call("POST", `/endpoints/${name}/revisions`, { body: { model: "m", version: "1" } });

test("an endpoint is not made in an environment that is just being deleted", async () => {
  await anEnvironment("leaving", "local");
  const answers = await overlapping(
    () => rest.call("DELETE", "/environments/leaving"),
    () => anEndpoint("late", "leaving"),
  );
  expect(codes(answers)).toEqual([202, "not_found"]);
});

test("an environment in which an endpoint is just being made is not empty", async () => {
  await anEnvironment("filling", "local");
  const answers = await overlapping(
    () => anEndpoint("early", "filling"),
    () => rest.call("DELETE", "/environments/filling"),
  );
  expect(codes(answers)).toEqual([201, "not_empty"]);
});

test("an environment is not made in a cluster that is just being removed", async () => {
  await aCluster("going");
  const answers = await overlapping(
    () => rest.call("DELETE", "/clusters/going"),
    () => anEnvironment("orphan", "going"),
  );
  expect(codes(answers)).toEqual([200, "not_found"]);
});

test("a cluster that is abandoned takes an endpoint with it that was just being made", async () => {
  await aCluster("lost");
  await anEnvironment("far", "lost");
  const answers = await overlapping(
    () => anEndpoint("stray", "far"),
    () => rest.call("DELETE", "/clusters/lost?abandon=true"),
  );
  expect(codes(answers)).toEqual([201, 200]);
  const { deletedAt } = await db().read.endpoint.findFirstOrThrow({ where: { name: "stray" } });
  expect(deletedAt).not.toBeNull();
});

test("a name is not given again while whoever has it is just being deleted", async () => {
  await anEndpoint("again");
  const answers = await overlapping(
    () => rest.call("DELETE", "/endpoints/again"),
    () => anEndpoint("again"),
  );
  expect(codes(answers)).toEqual([202, "endpoint_deleting"]);
});

test("of two who choose for a restored database, the second is told that it has been done", async () => {
  await anEndpoint("restored");
  await deploy("restored");
  const { uid } = (await rest.call("GET", "/endpoints/restored")).body;
  await db().read.endpointStatus.create({
    data: { endpointUid: uid, observedGeneration: 1, publishedPlan: 7, observedAt: new Date() },
  });
  const reassert = () => rest.call("POST", "/endpoints/restored/reassert", { body: {} });
  expect(codes(await overlapping(reassert, reassert))).toEqual([200, "plan_conflict"]);
});

test("with an endpoint its open incident ends, and whoever was told of it is told", async () => {
  await anEndpoint("ailing");
  const { uid } = (await rest.call("GET", "/endpoints/ailing")).body;
  const { id } = await db().read.incident.create({
    data: { endpointUid: uid, cause: "no pods", severity: "Failing", since: new Date() },
  });
  await db().read.webhookDelivery.create({ data: { incidentId: id, event: "incident.opened" } });
  await rest.call("DELETE", "/endpoints/ailing");
  expect((await rest.call("GET", `/incidents/${id}`)).body).toMatchObject({
    state: "resolved",
    resolvedBy: "Slipway",
    messages: [{ event: "incident.opened" }, { event: "incident.resolved" }],
  });
});

test("one change of a person is audited once, however many ask for it at once", async () => {
  const { id } = await invite(rest.container, "viewer", "twice@slipway.local");
  await rest.call("POST", `/people/${id}/disable`);
  const enable = () => rest.call("POST", `/people/${id}/enable`, { body: {} });
  const promote = () => rest.call("PUT", `/people/${id}/role`, { body: { role: "operator" } });
  expect(codes(await overlapping(enable, enable))).toEqual([200, 200]);
  expect(codes(await overlapping(promote, promote))).toEqual([200, 200]);
  const rows = await db().read.audit.findMany({ where: { subjectId: id }, orderBy: { id: "asc" } });
  expect(rows.map(({ action }) => action)).toEqual([
    "person.create",
    "person.disable",
    "person.enable",
    "person.setRole",
  ]);
});
