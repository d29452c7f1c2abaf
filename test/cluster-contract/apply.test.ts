import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  APPLY,
  type ContractCluster,
  idleDeployment,
  MERGE,
  startContractCluster,
} from "#test/support/contract-cluster.ts";

let cluster: ContractCluster;
beforeAll(async () => {
  cluster = await startContractCluster();
});
afterAll(() => cluster.close());

const apply = (name: string, manager: string, data: Record<string, string> | undefined, query = "") => {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, ...(data && { data }) };
  return cluster.call("PATCH", `${cluster.core}/configmaps/${name}?fieldManager=${manager}${query}`, {
    type: APPLY,
    body,
  });
};
const applyDeployment = (name: string, manager: string, containers: object[]) => {
  const body = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { template: { spec: { containers } } },
  };
  return cluster.call("PATCH", `${cluster.apps}/deployments/${name}?fieldManager=${manager}`, { type: APPLY, body });
};
const containersOf = (body: { spec: { template: { spec: { containers: { name: string }[] } } } }) =>
  body.spec.template.spec.containers;

describe("server-side apply", () => {
  it("creates, then changes nothing when nothing differs", async () => {
    const first = await apply("noop", "one", { a: "1", b: "1" });
    expect(first.status).toBe(201);
    const second = await apply("noop", "one", { a: "1", b: "1" });
    expect(second.status).toBe(200);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
    expect(second.body.metadata.managedFields).toMatchObject([
      { manager: "one", operation: "Apply", fieldsV1: { "f:data": { "f:a": {}, "f:b": {} } } },
    ]);
  });

  it("removes what its only owner no longer names", async () => {
    await apply("drop", "one", { a: "1", b: "1" });
    expect((await apply("drop", "one", { a: "1" })).body.data).toEqual({ a: "1" });
  });

  it("keeps what another still owns", async () => {
    await apply("shared", "one", { a: "1", b: "1" });
    await apply("shared", "two", { a: "1" });
    expect((await apply("shared", "one", { b: "1" })).body.data).toEqual({ a: "1", b: "1" });
    expect((await apply("shared", "two", undefined)).body.data).toEqual({ b: "1" });
  });

  it("refuses to change another's field, naming both, and takes it when forced", async () => {
    await apply("fight", "one", { a: "1" });
    const refused = await apply("fight", "two", { a: "2", c: "1" });
    expect(refused).toMatchObject({
      status: 409,
      body: {
        reason: "Conflict",
        message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
        details: { causes: [{ reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".data.a" }] },
      },
    });
    const forced = await apply("fight", "two", { a: "2", c: "1" }, "&force=true");
    expect(forced.body.data).toEqual({ a: "2", c: "1" });
    const owners = forced.body.metadata.managedFields.map((entry: { manager: string }) => entry.manager);
    expect(owners).toEqual(["two"]);
  });

  it("meets fields that were written, not applied, as owned by their writer", async () => {
    await apply("written", "one", { a: "1" });
    const path = `${cluster.core}/configmaps/written?fieldManager=patcher`;
    await cluster.call("PATCH", path, { type: MERGE, body: { data: { d: "1" } } });
    const refused = await apply("written", "one", { a: "1", d: "2" });
    expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "patcher" using v1: .data.d');
    await cluster.call("PATCH", path, { type: MERGE, body: { data: { a: "5" } } });
    expect((await apply("written", "one", { a: "1" })).status).toBe(409);
  });

  it("merges lists by key and gives items up by key", async () => {
    await cluster.call("PATCH", `${cluster.apps}/deployments/lists?fieldManager=one`, {
      type: APPLY,
      body: idleDeployment("lists", { env: [{ name: "A", value: "1" }], ports: [{ containerPort: 80 }] }),
    });
    const both = await applyDeployment("lists", "two", [
      { name: "c", env: [{ name: "C", value: "3" }], ports: [{ containerPort: 81 }] },
      { name: "side", image: "registry.k8s.io/pause:3.10" },
    ]);
    expect(containersOf(both.body)).toMatchObject([
      {
        name: "c",
        env: [{ name: "A" }, { name: "C" }],
        ports: [{ containerPort: 80, protocol: "TCP" }, { containerPort: 81 }],
      },
      { name: "side" },
    ]);
    const refused = await applyDeployment("lists", "two", [{ name: "c", env: [{ name: "A", value: "x" }] }]);
    expect(refused.body.details.causes[0].field).toBe('.spec.template.spec.containers[name="c"].env[name="A"].value');
    const given = await applyDeployment("lists", "two", []);
    expect(containersOf(given.body)).toMatchObject([
      { name: "c", env: [{ name: "A", value: "1" }], ports: [{ containerPort: 80 }] },
    ]);
    expect(containersOf(given.body)).toHaveLength(1);
  });

  it("takes a struct away with the defaults that were filled into it", async () => {
    const probe = { readinessProbe: { httpGet: { port: 80 } } };
    const path = `${cluster.apps}/deployments/probe?fieldManager=one`;
    const made = await cluster.call("PATCH", path, { type: APPLY, body: idleDeployment("probe", probe) });
    expect(containersOf(made.body)).toMatchObject([{ readinessProbe: { periodSeconds: 10, httpGet: { path: "/" } } }]);
    const without = await cluster.call("PATCH", path, { type: APPLY, body: idleDeployment("probe") });
    expect(without.status).toBe(200);
    expect(containersOf(without.body)[0]).not.toHaveProperty("readinessProbe");
  });

  it("answers a dry run and stores nothing", async () => {
    await apply("dry", "one", { a: "1" });
    expect((await apply("dry", "one", { z: "1" }, "&dryRun=All")).body.data).toEqual({ z: "1" });
    expect((await cluster.call("GET", `${cluster.core}/configmaps/dry`)).body.data).toEqual({ a: "1" });
    expect((await apply("dry-absent", "one", { z: "1" }, "&dryRun=All")).status).toBe(201);
    expect((await cluster.call("GET", `${cluster.core}/configmaps/dry-absent`)).status).toBe(404);
  });

  it("takes resourceVersion as a precondition", async () => {
    const { body: made } = await apply("guarded", "one", { a: "1" });
    const send = (resourceVersion: string, a: string) =>
      cluster.call("PATCH", `${cluster.core}/configmaps/guarded?fieldManager=one`, {
        type: APPLY,
        body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "guarded", resourceVersion }, data: { a } },
      });
    expect((await send("1", "2")).status).toBe(409);
    expect((await send(made.metadata.resourceVersion, "2")).body.data).toEqual({ a: "2" });
  });

  it("refuses what it cannot own", async () => {
    const path = `${cluster.core}/configmaps/refused`;
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "refused" }, data: { a: "1" } };
    const nobody = await cluster.call("PATCH", path, { type: APPLY, body });
    expect(nobody).toMatchObject({ status: 422, body: { details: { causes: [{ field: "fieldManager" }] } } });
    const unknown = await cluster.call("PATCH", `${path}?fieldManager=one`, {
      type: APPLY,
      body: { ...body, bogus: 1 },
    });
    expect(unknown).toMatchObject({ status: 500 });
    expect(unknown.body.message).toContain(".bogus: field not declared in schema");
    const owned = { ...body, metadata: { ...body.metadata, managedFields: [{ manager: "x" }] } };
    expect((await cluster.call("PATCH", `${path}?fieldManager=one`, { type: APPLY, body: owned })).status).toBe(400);
  });

  it("of a scale needs to know who applies, too", async () => {
    await cluster.call("POST", `${cluster.apps}/deployments`, { body: idleDeployment("scaled") });
    const body = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "scaled" }, spec: { replicas: 0 } };
    const refused = await cluster.call("PATCH", `${cluster.apps}/deployments/scaled/scale`, { type: APPLY, body });
    expect(refused).toMatchObject({ status: 422, body: { details: { causes: [{ field: "fieldManager" }] } } });
  });
});
