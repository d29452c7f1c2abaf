import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addRevision,
  createEndpoint,
  putTraffic,
  registerModel,
  startTestCluster,
  startWorld,
  type TestCluster,
  until,
  untilApplied,
  type World,
} from "#test/support/worker-harness.ts";

let cluster: TestCluster;
let world: World;
beforeAll(async () => {
  cluster = await startTestCluster();
  world = await startWorld(cluster);
  world.startWorker();
  await registerModel(world, "scale", [2, 3]);
}, 90_000);
afterAll(async () => {
  await world.close();
  await cluster.close();
});

const predict = async (endpoint: string) => {
  const response = await fetch(`${world.gatewayUrl}/${endpoint}/v2/models/${endpoint}/infer`, {
    method: "POST",
    body: JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [1, 1] }] }),
  });
  const body = (await response.json()) as { outputs?: { data: number[] }[] };
  return {
    status: response.status,
    revision: response.headers.get("x-slipway-revision"),
    data: body.outputs?.[0]?.data,
  };
};

test("a first revision is deployed, published once it is ready, and applied once every router said so", async () => {
  await createEndpoint(world, "first");
  const created = await addRevision(world, "first", "scale", 1);
  expect(created).toMatchObject({ revision: 1, plan: { number: 1, status: "pending" } });
  const view = await untilApplied(world, "first", 1);
  expect(view.plan).toMatchObject({ acknowledged: "2/2", routerSilent: null });
  expect(Date.parse(view.plan.firstServedAt)).toBeLessThanOrEqual(Date.parse(view.plan.appliedAt));
  expect(await predict("first")).toMatchObject({ status: 200, revision: "1", data: [2, 2] });
  const conditions = new Map(
    view.revisions[0].conditions.map((c: { type: string; status: string }) => [c.type, c.status]),
  );
  expect(conditions).toEqual(
    new Map([
      ["ArtifactPresent", "True"],
      ["Ready", "True"],
    ]),
  );
});
