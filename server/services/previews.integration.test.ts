import { afterAll, beforeAll, expect, test } from "vitest";
import { serviceContext } from "#server/api/context.ts";
import { aScalingModel } from "#test/factories/onnx.ts";
import { type Rest, startRest } from "#test/support/rest.ts";
import { getOverview } from "./endpoint/overview.ts";
import { previewTraffic } from "./traffic/traffic-preview.ts";

let rest: Rest;
beforeAll(async () => {
  rest = await startRest();
  await rest.call("POST", "/models", { body: { name: "m" } });
  for (const factor of [2, 3]) {
    const { digest } = (await rest.call("PUT", "/artifacts", { raw: aScalingModel(factor) })).body;
    await rest.call("POST", "/models/m/versions", { body: { artifact: digest } });
  }
  for (const name of ["busy", "empty"]) await rest.call("POST", "/endpoints", { body: { name, environment: "local" } });
  for (const version of ["1", "2"])
    await rest.call("POST", "/endpoints/busy/revisions", { body: { model: "m", version } });
});
afterAll(() => rest.close());

const context = () => {
  const actor = { kind: "system", id: "test", name: "test", role: "viewer" } as const;
  return serviceContext(rest.container, { actor, requestId: "t", signal: AbortSignal.timeout(30_000), call: null });
};
const live = (revision: number, weightPercent: number) => ({ revision, weightPercent });

test("a viewer sees who would move where, and what speaks against it; nothing is written", async () => {
  const before = (await rest.call("GET", "/endpoints/busy/plans")).body;
  const preview = await previewTraffic.call(context(), { endpoint: "busy", entries: [live(1, 70), live(2, 30)] });
  expect(preview).toMatchObject({
    plan: 2,
    errors: [],
    before: [
      { revision: 1, version: "1", weightPercent: 100 },
      { revision: 2, version: "2", weightPercent: 0 },
    ],
    after: [
      { revision: 1, model: "m", version: "1", weightPercent: 70 },
      { revision: 2, version: "2", weightPercent: 30 },
    ],
    moves: [{ from: 1, to: 2, percent: 30 }],
    movedPercent: 30,
    checks: [
      { kind: "contract", ok: true, revision: 2 },
      { kind: "capacity", ok: false, revision: 1 },
      { kind: "capacity", ok: false, revision: 2, message: expect.stringContaining("about 40 s") },
    ],
  });
  expect((await rest.call("GET", "/endpoints/busy/plans")).body).toEqual(before);
});

test("more traffic for the revision that is in trouble now is spoken against, less is not", async () => {
  const db = rest.container.services.db.read;
  const { uid: endpointUid } = (await rest.call("GET", "/endpoints/busy")).body;
  await db.endpointHealth.create({
    data: { endpointUid, state: "Failing", cause: "v2 · r2 answers 90 % errors", revision: 2, since: new Date() },
  });
  const against = async (...entries: ReturnType<typeof live>[]) => {
    const { checks } = await previewTraffic.call(context(), { endpoint: "busy", entries });
    return checks.filter(({ kind }) => kind === "health");
  };
  const message = "It would get more traffic although it is failing now: v2 · r2 answers 90 % errors.";
  expect(await against(live(1, 70), live(2, 30))).toEqual([{ kind: "health", ok: false, revision: 2, message }]);
  expect(await against(live(1, 100), live(2, 0))).toEqual([]);
  await db.endpointHealth.delete({ where: { endpointUid } });
});

test("what a save would refuse, the preview says in the same words", async () => {
  const entries = [live(1, 70), live(2, 20)];
  const preview = await previewTraffic.call(context(), { endpoint: "busy", entries });
  const refused = await rest.call("PUT", "/endpoints/busy/traffic", {
    headers: { "if-match": '"2"' },
    body: { entries },
  });
  expect(preview.errors).toEqual(refused.body.errors);
  expect(preview).toMatchObject({ after: [], moves: [], movedPercent: 0 });
});

test("without a target the preview says why, as the rollback would", async () => {
  const preview = (await rest.call("GET", "/endpoints/busy/rollback")).body;
  const refused = await rest.call("POST", "/endpoints/busy/rollback", { body: {} });
  expect(refused.status).toBe(409);
  expect(preview).toMatchObject({ target: null, leaves: { plan: 2 }, choices: [] });
  expect(refused.body.detail).toContain(preview.why);
});

test("the overview has every endpoint with its last change, and says that there are no metrics instead of zeros", async () => {
  const overview = await getOverview.call(context(), {});
  expect(overview.endpoints.map(({ name }) => name)).toEqual(["busy", "empty"]);
  expect(overview).toMatchObject({
    timestamps: [],
    metricsUnavailable: { why: expect.stringContaining("PROMETHEUS_URL"), since: null },
    recentChanges: [
      { endpoint: "busy", environment: "local", number: 2 },
      { endpoint: "busy", number: 1 },
    ],
  });
  expect(overview.endpoints).toMatchObject([
    {
      health: { state: "Unknown" },
      entries: [{ revision: 1, weightPercent: 100 }, { revision: 2 }],
      lastChange: { number: 2, kind: "revision" },
      requestsPerSecond: null,
    },
    { entries: [], lastChange: null },
  ]);
  expect((await getOverview.call(context(), { environment: "nowhere" })).endpoints).toEqual([]);
});
