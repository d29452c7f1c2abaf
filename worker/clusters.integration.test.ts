import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyLocalEnvironment } from "#scripts/stack/apply-environment.ts";
import { freePort } from "#scripts/stack/ports.ts";
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
import type { WorkerProcess } from "#test/support/worker-process.ts";

let first: TestCluster;
let second: TestCluster;
let world: World;
let worker: WorkerProcess;
let gatewayUrl: string;
let secondIsGone = false;
const NAMESPACE = "second-models";
beforeAll(async () => {
  [first, second] = await Promise.all([startTestCluster(), startTestCluster()]);
  world = await startWorld(first);
  worker = world.startWorker();
  await applyLocalEnvironment(second.kubeconfig, NAMESPACE);
  gatewayUrl = `http://127.0.0.1:${await freePort()}`;
  await registerModel(world, "scale", [2, 3]);
  await createEndpoint(world, "near");
  await addRevision(world, "near", "scale", 1);
}, 180_000);
afterAll(async () => {
  await world.close();
  await Promise.all([first.close(), secondIsGone ? undefined : second.close()]);
});

const kubeconfigOf = (cluster: TestCluster) => readFileSync(cluster.kubeconfig, "utf8");
const cluster = async (name: string) => {
  const { items } = await world.call("GET", "/clusters");
  return items.find((one: { name: string }) => one.name === name);
};
const reachable = async (name: string) =>
  (await cluster(name))?.conditions.find(({ type }: { type: string }) => type === "Reachable");
const environment = async (name: string) => {
  const { items } = await world.call("GET", "/environments");
  return items.find((one: { name: string }) => one.name === name);
};
const condition = async (name: string, type: string) =>
  (await environment(name))?.conditions.find((one: { type: string }) => one.type === type);
const newEnvironment = (name: string, on: string, namespace: string) =>
  world.rest.call("POST", "/environments", {
    body: { name, cluster: on, namespace, kind: "development", gatewayUrl, serviceType: "NodePort" },
  });

test("an endpoint on a second cluster predicts, and its pods' logs are read there", async () => {
  await world.call("POST", "/clusters", { body: { name: "other", kubeconfig: kubeconfigOf(second) } });
  await until("the second cluster to answer", async () => (await reachable("other"))?.status === "True");
  expect(await cluster("other")).toMatchObject({ version: expect.stringMatching(/^v1\./), userName: "slipway-admin" });
  expect((await newEnvironment("far", "other", NAMESPACE)).status).toBe(201);
  await world.call("POST", "/endpoints", { body: { name: "distant", environment: "far" } });
  await addRevision(world, "distant", "scale", 2);
  await untilApplied(world, "distant", 1);
  await untilApplied(world, "near", 1);
  expect(await predict({ ...world, gatewayUrl }, "distant")).toMatchObject({ status: 200, y: 3 });
  expect(await predict(world, "near")).toMatchObject({ status: 200, y: 2 });
  expect(second.objects("deployments.apps", NAMESPACE).map(({ metadata }) => metadata.name)).toContain("distant-r1");
  expect(first.objects("deployments.apps", world.namespace).map(({ metadata }) => metadata.name)).not.toContain(
    "distant-r1",
  );
  const [pod] = second.objects("pods", NAMESPACE).filter(({ metadata }) => metadata.name.startsWith("distant-r1-"));
  const log = await world.call("GET", `/endpoints/distant/revisions/1/pods/${pod?.metadata.name}/log`);
  expect(String(log)).toContain("listening");
});

test("what the worker may do in an environment is asked of its cluster, right by right", async () => {
  await until("the rights to be known", async () => (await condition("far", "RightsGranted"))?.status === "True");
  expect(await environment("far")).toMatchObject({ missingRights: [] });
  for (const type of ["NamespacePresent", "ServiceAccountsPresent", "ArtifactStoreReachable"])
    await until(`${type} to be known`, async () => (await condition("far", type))?.status === "True");
});

test("the same cluster under a second name is said to be it, and its namespace is not used twice", async () => {
  await world.call("POST", "/clusters", { body: { name: "alias", kubeconfig: kubeconfigOf(second) } });
  await until("both to be known as one", async () => (await cluster("alias")).sameAs.includes("other"));
  await until("the worker to know", async () => (await reachable("alias"))?.status === "True");
  expect((await cluster("other")).sameAs).toEqual(["alias"]);
  const refused = await newEnvironment("twice", "alias", NAMESPACE);
  expect(refused.body).toMatchObject({ status: 409, code: "name_taken", detail: expect.stringContaining("far") });
  expect((await world.rest.call("DELETE", "/clusters/alias")).body.removedAt).not.toBeNull();
  expect(await cluster("alias")).toBeUndefined();
});

test("credentials that lead to another cluster are not used, and those of the same one are", async () => {
  const { generation } = await cluster("other");
  const put = (kubeconfig: string, ifMatch: number) =>
    world.rest.call("PUT", "/clusters/other", { body: { kubeconfig }, headers: { "if-match": `"${ifMatch}"` } });
  const stale = await put(kubeconfigOf(second), generation + 5);
  expect(stale.body).toMatchObject({ status: 412, code: "changed_meanwhile", updatedBy: expect.any(String) });
  expect((await put(kubeconfigOf(first), generation)).status).toBe(200);
  await until("the other cluster to be noticed", async () => (await reachable("other"))?.reason === "AnotherCluster");
  expect(first.objects("deployments.apps", NAMESPACE)).toEqual([]);
  expect(await predict({ ...world, gatewayUrl }, "distant")).toMatchObject({ status: 200, y: 3 });
  const revoked = kubeconfigOf(second).replace(/token: .*/, "token: revoked");
  expect((await put(revoked, generation + 1)).status).toBe(200);
  await until("the refusal to be told", async () => (await reachable("other"))?.reason === "CredentialsRefused");
  expect((await put(kubeconfigOf(second), generation + 2)).status).toBe(200);
  await until("the cluster to answer again", async () => (await reachable("other"))?.status === "True");
});

test("an account with no more than the rights it is given is enough, and one that it lacks is named", async () => {
  const namespace = "narrow-models";
  await applyLocalEnvironment(first.kubeconfig, namespace);
  const token = first.api.tokenForServiceAccount(namespace, "slipway-worker");
  const kubeconfig = kubeconfigOf(first).replace(/token: .*/, `token: ${token}`);
  await world.call("POST", "/clusters", { body: { name: "narrow", kubeconfig } });
  await until("it to answer", async () => (await reachable("narrow"))?.status === "True");
  expect(await cluster("narrow")).toMatchObject({
    userName: `system:serviceaccount:${namespace}:slipway-worker`,
    sameAs: [],
  });
  const url = `http://127.0.0.1:${await freePort()}`;
  const body = {
    name: "narrow",
    cluster: "narrow",
    namespace,
    kind: "production",
    gatewayUrl: url,
    serviceType: "NodePort",
  };
  await world.call("POST", "/environments", { body });
  await world.call("POST", "/endpoints", { body: { name: "tight", environment: "narrow" } });
  await addRevision(world, "tight", "scale", 1);
  await untilApplied(world, "tight", 1);
  expect(await predict({ ...world, gatewayUrl: url }, "tight")).toMatchObject({ status: 200, y: 2 });
  await until("its rights to be known", async () => (await environment("narrow"))?.missingRights?.length === 0);
  const [pod] = first.objects("pods", namespace).filter(({ metadata }) => metadata.name.startsWith("tight-r1-"));
  expect(String(await world.call("GET", `/endpoints/tight/revisions/1/pods/${pod?.metadata.name}/log`))).toContain(
    "listening",
  );

  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", namespace, name: "slipway-web" };
  await first.kube.delete(role);
  await worker.kill();
  worker = world.startWorker();
  await until("the lack to be named", async () =>
    (await environment("narrow"))?.missingRights?.includes("get pods --subresource=log"),
  );
  // The condition is reported with the rest of the environment's, after the list.
  await until("it to be said", async () => (await condition("narrow", "RightsGranted"))?.status === "False");
  expect((await condition("narrow", "RightsGranted"))?.message).toContain("get pods --subresource=log");
});

test("an environment is deleted when it is empty: what was made for it goes, and its name is free", async () => {
  const refused = await world.rest.call("DELETE", "/environments/narrow");
  expect(refused.body).toMatchObject({ status: 409, code: "not_empty", endpoints: ["tight"] });
  await world.call("DELETE", "/endpoints/tight");
  await until("the endpoint to be gone", async () => (await world.rest.call("GET", "/endpoints/tight")).status === 404);
  const removed = await world.call("DELETE", "/environments/narrow");
  expect(removed.removedAt).not.toBeNull();
  await until("nothing to be left", async () =>
    ["deployments.apps", "services", "secrets", "persistentvolumeclaims", "configmaps"].every((resource) =>
      first.objects(resource, "narrow-models").every(({ metadata }) => metadata.labels === undefined),
    ),
  );
  await until("the worker to say so", async () => {
    const row = await world.db.read.environment.findFirst({ where: { name: "narrow" }, include: { status: true } });
    return row?.status?.purgedAt != null;
  });
  expect((await newEnvironment("narrow", "narrow", "narrow-models")).status).toBe(201);
  expect((await world.rest.call("DELETE", "/environments/narrow")).status).toBe(202);
  expect((await world.rest.call("DELETE", "/clusters/narrow?abandon=true")).status).toBe(200);
});

test("a cluster that is gone says since when, and the others go on as before", async () => {
  const before = Date.now();
  await second.close();
  secondIsGone = true;
  await until("the loss to be told", async () => (await reachable("other"))?.status === "False");
  const told = await reachable("other");
  expect(told).toMatchObject({ reason: "NoAnswer" });
  expect(Date.parse(told.lastTransitionAt)).toBeGreaterThanOrEqual(before - 1_000);
  await until(
    "its environment to say it",
    async () => (await condition("far", "ClusterReachable"))?.status === "False",
  );
  // A cluster that says nothing has refused nothing.
  expect((await condition("far", "Degraded"))?.status ?? "False").toBe("False");
  const { number } = await world
    .call("POST", "/endpoints/distant/revisions", {
      body: { model: "scale", version: "1", resources: { cpu: "100m", memory: "256Mi" } },
    })
    .then(({ plan }) => plan);
  expect(number).toBe(2);
  await addRevision(world, "near", "scale", 2);
  await putTraffic(world, "near", 2, { 1: 0, 2: 100 });
  await untilApplied(world, "near", 3);
  expect(await predict(world, "near")).toMatchObject({ status: 200, y: 3 });
  expect((await world.call("GET", "/endpoints/distant")).plan).toMatchObject({ number: 2, status: "pending" });
});

test("it is removed only when it is abandoned, and then its endpoints are tombstones", async () => {
  const refused = await world.rest.call("DELETE", "/clusters/other");
  expect(refused.body).toMatchObject({ status: 409, code: "not_empty", environments: ["far"] });
  const removed = await world.call("DELETE", "/clusters/other?abandon=true");
  expect(removed).toMatchObject({ name: "other", removedAt: expect.any(String) });
  expect(await environment("far")).toBeUndefined();
  expect((await world.rest.call("GET", "/endpoints/distant")).status).toBe(404);
  const row = await world.db.read.cluster.findFirstOrThrow({ where: { name: "other" } });
  expect(row.sealedAccess).toBeNull();
  const tombstone = await world.db.read.endpoint.findFirstOrThrow({ where: { name: "distant" } });
  expect(tombstone.deletedAt).not.toBeNull();
  expect(await world.db.read.trafficPlan.count({ where: { endpointUid: tombstone.uid } })).toBe(2);
  const [audit] = (await world.call("GET", "/audit?limit=1")).items;
  expect(audit).toMatchObject({ action: "cluster.remove", after: { abandoned: { environments: 1, endpoints: 1 } } });
  await world.call("POST", "/clusters", { body: { name: "other", kubeconfig: kubeconfigOf(first) } });
  await until("the name to be used anew", async () => (await reachable("other"))?.status === "True");
  expect((await cluster("other")).sameAs).toEqual(["local"]);
});

test("no credential is in an answer, the audit log, what is kept of answers, or the worker's log", async () => {
  const token = /token: (\S+)/.exec(kubeconfigOf(first))?.[1] ?? "";
  expect(token.length).toBeGreaterThan(10);
  const rows = await world.db.read.$queryRaw<{ row: string }[]>`
    SELECT c::text AS row FROM "Cluster" c UNION ALL SELECT a::text FROM "Audit" a UNION ALL SELECT n::text FROM "Condition" n
    UNION ALL SELECT i::text FROM "Idempotency" i UNION ALL SELECT s::text FROM "ClusterStatus" s`;
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter(({ row }) => row.includes(token))).toEqual([]);
  expect(JSON.stringify(await world.call("GET", "/clusters"))).not.toContain(token);
  expect(JSON.stringify(worker.lines)).not.toContain(token);
});
