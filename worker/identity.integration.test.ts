import { afterAll, beforeAll, expect, test } from "vitest";
import { planWireSchema } from "#domain/traffic/wire.ts";
import {
  addRevision,
  createEndpoint,
  predict,
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
  world.startWorker({ WORKER_RESYNC_MS: "500" });
  await registerModel(world, "scale", [2, 3]);
}, 180_000);
afterAll(async () => {
  await world.close();
  await cluster.close();
});

type Condition = { type: string; status: string; reason: string; message: string };
const complaint = (type: string, endpoint: string) =>
  until(`${type} of ${endpoint}`, async () => {
    const view = await world.call("GET", `/endpoints/${endpoint}`);
    return view.conditions.find((c: Condition) => c.type === type && c.status === "True") as Condition | undefined;
  });
const planIn = (of: World, endpoint: string) => {
  const found = of.objects("configmaps").find((object) => object.metadata.name === `${endpoint}-plan`);
  return found === undefined ? null : planWireSchema.parse(JSON.parse(found.data.plan));
};
const environmentComplaint = (of: World, type: string) =>
  until(type, async () => {
    const found = await of.db.read.condition.findFirst({ where: { subjectKind: "environment", type, status: "True" } });
    return found ?? undefined;
  });

test("a database older than the cluster: nothing is written until a person decides a plan", async () => {
  await createEndpoint(world, "restored");
  await addRevision(world, "restored", "scale", 1);
  await untilApplied(world, "restored", 1);
  await addRevision(world, "restored", "scale", 2);
  await untilApplied(world, "restored", 2);
  await putTraffic(world, "restored", 2, { 1: 50, 2: 50 });
  await untilApplied(world, "restored", 3);
  const { uid } = await world.db.read.endpoint.findFirstOrThrow({ where: { name: "restored" } });
  const versionOf = () =>
    world.objects("configmaps").find((object) => object.metadata.name === "restored-plan")?.metadata.resourceVersion;
  const version = versionOf();

  // What a backup of a minute ago would hold.
  await world.db.inTransaction(async (tx) => {
    const lost = { plan: { endpointUid: uid, number: { gt: 1 } } };
    await tx.trafficPlanStatus.deleteMany({ where: lost });
    await tx.trafficPlanEntry.deleteMany({ where: lost });
    await tx.trafficPlan.deleteMany({ where: lost.plan });
    await tx.endpointStatus.update({ where: { endpointUid: uid }, data: { publishedPlan: 1 } });
  });
  const behind = await complaint("DatabaseBehindCluster", "restored");
  expect(behind.message).toContain("The cluster holds plan 3, the database knows 1");
  expect(versionOf()).toBe(version);
  expect(await world.db.read.endpointStatus.findUniqueOrThrow({ where: { endpointUid: uid } })).toMatchObject({
    publishedPlan: 3,
  });
  expect((await predict(world, "restored")).plan).toBe("3");

  const chosen = await world.call("POST", "/endpoints/restored/reassert", { body: {} });
  expect(chosen.number).toBe(4);
  await untilApplied(world, "restored", 4);
  expect(await predict(world, "restored")).toMatchObject({ plan: "4", revision: "1" });
});

test("a number that a restored database hands out a second time is not taken for the plan that routers have", async () => {
  await createEndpoint(world, "renumbered");
  await addRevision(world, "renumbered", "scale", 1);
  await addRevision(world, "renumbered", "scale", 2);
  await untilApplied(world, "renumbered", 2);
  await putTraffic(world, "renumbered", 2, { 1: 50, 2: 50 });
  await untilApplied(world, "renumbered", 3);
  const before = planIn(world, "renumbered");

  // What people decided, before any worker looked, in a database that had lost this plan 3.
  await world.db.read.$executeRaw`
    WITH plan AS (
      UPDATE "TrafficPlan" p SET "decidedAt" = clock_timestamp() FROM "Endpoint" e
      WHERE e.uid = p."endpointUid" AND e.name = 'renumbered' AND p.number = 3 RETURNING p.id
    ), status AS (
      UPDATE "TrafficPlanStatus" s SET state = 'pending', "appliedAt" = NULL, "firstServedAt" = NULL
      FROM plan WHERE s."planId" = plan.id
    )
    UPDATE "TrafficPlanEntry" t SET ranges = CASE t.revision WHEN 1 THEN '[[0, 10000]]'::jsonb ELSE '[]' END,
      "weightBps" = CASE t.revision WHEN 1 THEN 10000 ELSE 0 END
    FROM plan WHERE t."planId" = plan.id`;
  const behind = await complaint("DatabaseBehindCluster", "renumbered");
  expect(behind.message).toContain("The cluster holds plan 3, the database knows another one of that number");
  expect(planIn(world, "renumbered")).toEqual(before);
  expect((await world.call("GET", "/endpoints/renumbered")).plan).toMatchObject({ number: 3, status: "pending" });
  const refused = await world.rest.call("DELETE", "/endpoints/renumbered");
  expect(refused.body).toMatchObject({ status: 412, code: "plan_conflict" });
  expect((await world.call("POST", "/endpoints/renumbered/reassert", { body: {} })).number).toBe(4);
  await untilApplied(world, "renumbered", 4);
  expect(await predict(world, "renumbered")).toMatchObject({ plan: "4", revision: "1" });
});

test("a revision's objects are orphans too once its row is lost", async () => {
  const { uid } = await world.db.read.endpoint.findFirstOrThrow({ where: { name: "restored" } });
  const lost = await world.db.read.revision.findFirstOrThrow({ where: { endpointUid: uid, number: 2 } });
  await world.db.inTransaction(async (tx) => {
    await tx.revisionStatus.deleteMany({ where: { revisionId: lost.id } });
    await tx.revision.delete({ where: { id: lost.id } });
  });
  const orphans = await environmentComplaint(world, "Orphans");
  expect(orphans.message).toBe("Deployment restored-r2, Service restored-r2");
});

test("an object of ours without a row is shown as an orphan and left alone", async () => {
  await cluster.kube.apply(
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "lost-r1",
        namespace: world.namespace,
        labels: {
          "slipway.dev/installation": world.installationId,
          "slipway.dev/component": "model",
          "slipway.dev/endpoint-uid": "0f8fad5b-d9cb-469f-a165-70867728950e",
        },
      },
      spec: { ports: [{ port: 8080 }] },
    },
    { manager: "test" },
  );
  await until("the orphan to be shown", async () =>
    (await environmentComplaint(world, "Orphans")).message.includes("Service lost-r1"),
  );
  expect(world.objects("services").some((object) => object.metadata.name === "lost-r1")).toBe(true);
});

test("somebody's object under our name is not touched, and the endpoint says who is in the way", async () => {
  const name = "taken-plan";
  await cluster.kube.create(
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: world.namespace }, data: { mine: "yes" } },
    { manager: "somebody" },
  );
  await createEndpoint(world, "taken");
  await addRevision(world, "taken", "scale", 1);
  const blocked = await complaint("Blocked", "taken");
  expect(blocked.message).toBe("ConfigMap taken-plan is there already and was not made by Slipway.");
  expect(world.objects("configmaps").find((object) => object.metadata.name === name)?.data).toEqual({ mine: "yes" });
  await cluster.kube.delete({ apiVersion: "v1", kind: "ConfigMap", namespace: world.namespace, name });
  await untilApplied(world, "taken", 1);
});

test("two installations on one cluster: each sees and changes only its own, also in one namespace", async () => {
  const beside = await startWorld(cluster);
  const within = await startWorld(cluster, { namespace: world.namespace });
  try {
    await createEndpoint(world, "shared");
    await addRevision(world, "shared", "scale", 1);
    await untilApplied(world, "shared", 1);
    const ours = () =>
      JSON.stringify(
        world
          .objects("configmaps")
          .concat(world.objects("services"), world.objects("deployments.apps"))
          .filter((object) => object.metadata.labels?.["slipway.dev/installation"] === world.installationId)
          .map((object) => [object.kind, object.metadata.name, object.metadata.generation, object.spec, object.data]),
      );
    const before = ours();
    beside.startWorker();
    within.startWorker();
    await registerModel(beside, "scale", [5]);
    await createEndpoint(beside, "shared");
    await addRevision(beside, "shared", "scale", 1);
    await untilApplied(beside, "shared", 1);
    expect(await predict(beside, "shared")).toMatchObject({ status: 200, y: 5 });
    expect(planIn(beside, "shared")?.endpointUid).not.toBe(planIn(world, "shared")?.endpointUid);

    const blocked = await environmentComplaint(within, "Blocked");
    expect(blocked.message).toContain(`belongs to another Slipway installation, ${world.installationId}`);
    expect(await within.db.read.condition.count({ where: { type: "Orphans", status: "True" } })).toBe(0);
    await createEndpoint(within, "shared");
    const refused = await until("the endpoint to be blocked", async () => {
      const view = await within.call("GET", "/endpoints/shared");
      return view.conditions.find((c: Condition) => c.type === "Blocked" && c.status === "True");
    });
    expect(refused.message).toContain("ConfigMap shared-plan belongs to another Slipway installation");
    expect(ours()).toBe(before);
    expect(await predict(world, "shared")).toMatchObject({ status: 200, y: 2 });
  } finally {
    await within.close();
    await beside.close();
  }
});
