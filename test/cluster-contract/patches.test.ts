import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ContractCluster,
  configMap,
  idleDeployment,
  JSON_PATCH,
  MERGE,
  STRATEGIC,
  startContractCluster,
} from "#test/support/contract-cluster.ts";

let cluster: ContractCluster;
beforeAll(async () => {
  cluster = await startContractCluster();
});
afterAll(() => cluster.close());

const patch = (path: string, type: string, body: unknown) => cluster.call("PATCH", path, { type, body });

describe("patches", () => {
  it("merge: null removes, lists are replaced", async () => {
    await cluster.call("POST", `${cluster.core}/configmaps`, { body: configMap("merge", { a: "1", b: "2" }) });
    const path = `${cluster.core}/configmaps/merge`;
    expect((await patch(path, MERGE, { data: { a: null, c: "3" } })).body.data).toEqual({ b: "2", c: "3" });
    const renamed = await patch(path, MERGE, { metadata: { name: "other" } });
    expect(renamed).toMatchObject({ status: 400, body: { reason: "BadRequest" } });
    expect((await patch(path, MERGE, { data: { b: 5 } })).status).toBe(422);
    expect((await patch(path, "application/json", { data: { b: "5" } })).status).toBe(415);
  });

  it("JSON: all steps or none", async () => {
    await cluster.call("POST", `${cluster.core}/configmaps`, {
      body: configMap("steps", { b: "2" }, { labels: { l: "1" } }),
    });
    const path = `${cluster.core}/configmaps/steps`;
    const done = await patch(path, JSON_PATCH, [
      { op: "test", path: "/data/b", value: "2" },
      { op: "replace", path: "/data/b", value: "22" },
      { op: "add", path: "/metadata/labels/a~1b", value: "x" },
    ]);
    expect(done.body).toMatchObject({ data: { b: "22" }, metadata: { labels: { "a/b": "x", l: "1" } } });
    const failed = await patch(path, JSON_PATCH, [
      { op: "remove", path: "/data/b" },
      { op: "test", path: "/metadata/labels/l", value: "nope" },
    ]);
    expect(failed).toMatchObject({ status: 422, body: { reason: "Invalid" } });
    expect((await cluster.call("GET", path)).body.data).toEqual({ b: "22" });
    expect((await patch(path, JSON_PATCH, { op: "x" })).status).toBe(400);
  });

  it("strategic: what kubectl restarts, sets images and removes containers with", async () => {
    await cluster.call("POST", `${cluster.apps}/deployments`, { body: idleDeployment("strategic") });
    const path = `${cluster.apps}/deployments/strategic`;
    const template = (body: object) => patch(path, STRATEGIC, { spec: { template: body } });
    const restarted = await template({ metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } } });
    expect(restarted.body.metadata.generation).toBe(2);
    const added = await template({
      spec: { containers: [{ name: "side", image: "x:1", env: [{ name: "X", value: "1" }] }] },
    });
    expect(added.body.spec.template.spec.containers).toMatchObject([{ name: "side" }, { name: "c" }]);
    const set = await template({
      spec: { containers: [{ name: "c", image: "registry.k8s.io/pause:3.11" }] },
    });
    const images = set.body.spec.template.spec.containers.map((entry: { name: string; image: string }) => [
      entry.name,
      entry.image,
    ]);
    expect(Object.fromEntries(images)).toEqual({ c: "registry.k8s.io/pause:3.11", side: "x:1" });
    const removed = await template({ spec: { containers: [{ name: "side", $patch: "delete" }] } });
    expect(removed.body.spec.template.spec.containers).toHaveLength(1);
  });
});

describe("subresources", () => {
  it("scale reads and writes replicas alone", async () => {
    await cluster.call("POST", `${cluster.apps}/deployments`, { body: idleDeployment("scaled") });
    const path = `${cluster.apps}/deployments/scaled/scale`;
    const zero = await cluster.call("GET", path);
    expect(zero.body).toMatchObject({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      spec: {},
      status: { selector: "app=scaled" },
    });
    expect((await patch(path, MERGE, { spec: { replicas: -1 } })).body.message).toContain(
      'Scale.autoscaling "scaled" is invalid',
    );
    expect((await patch(path, MERGE, { spec: { replicas: 1 } })).body.spec).toEqual({ replicas: 1 });
    expect((await patch(path, MERGE, { spec: { replicas: 0 } })).body.spec).toEqual({});
    expect((await cluster.call("PUT", path, { body: { ...zero.body, spec: { replicas: 2 } } })).status).toBe(409);
    expect((await cluster.call("GET", `${cluster.core}/configmaps/x/scale`)).status).toBe(404);
  });

  it("status and spec are written by their own doors", async () => {
    await cluster.call("POST", `${cluster.apps}/deployments`, { body: idleDeployment("doors") });
    const path = `${cluster.apps}/deployments/doors`;
    const condition = { type: "Probe", status: "True", reason: "X", message: "y" };
    const status = await patch(`${path}/status`, MERGE, { status: { conditions: [condition] }, spec: { replicas: 9 } });
    expect(status.body.spec.replicas).toBe(0);
    expect(status.body.status.conditions).toContainEqual(expect.objectContaining(condition));
    const spec = await patch(path, MERGE, { status: { replicas: 77 } });
    expect(spec.body.status.replicas).not.toBe(77);
  });

  it("a Lease says which state it changes, and its times to the microsecond", async () => {
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${cluster.namespace}/leases`;
    const lease = (renewTime: string) => ({
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "lead" },
      spec: { holderIdentity: "a", leaseDurationSeconds: 15, renewTime },
    });
    expect((await cluster.call("POST", leases, { body: lease("yesterday") })).status).toBe(400);
    expect((await cluster.call("POST", leases, { body: lease("2026-01-01T00:00:00.000000Z") })).status).toBe(201);
    const blind = await cluster.call("PUT", `${leases}/lead`, { body: lease("2026-01-01T00:00:01.000000Z") });
    expect(blind).toMatchObject({
      status: 422,
      body: { details: { causes: [{ field: "metadata.resourceVersion" }] } },
    });
  });
});
