import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Body, type ContractCluster, configMap, startContractCluster } from "#test/support/contract-cluster.ts";

let cluster: ContractCluster;
const SETS: Record<string, Record<string, string>> = {
  s1: { g: "sel", env: "prod", tier: "a" },
  s2: { g: "sel", env: "dev", tier: "b" },
  s3: { g: "sel", env: "qa" },
  s4: { g: "sel" },
};
beforeAll(async () => {
  cluster = await startContractCluster();
  for (const [name, labels] of Object.entries(SETS)) {
    await cluster.call("POST", `${cluster.core}/configmaps`, { body: configMap(name, {}, { labels }) });
  }
});
afterAll(() => cluster.close());

const list = (query: Record<string, string>) =>
  cluster.call("GET", `${cluster.core}/configmaps?${new URLSearchParams(query)}`);
const names = (body: Body) => body.items.map((item: Body) => item.metadata.name);

describe("lists", () => {
  it("carry their own version, and items without kind", async () => {
    const { body } = await list({ labelSelector: "g=sel" });
    expect(body).toMatchObject({ kind: "ConfigMapList", apiVersion: "v1" });
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(body.items[0]).not.toHaveProperty("kind");
    expect(body.items[0]).not.toHaveProperty("apiVersion");
  });

  it.each([
    ["g=sel,env==prod", ["s1"]],
    ["g=sel,env!=prod", ["s2", "s3", "s4"]],
    ["g=sel,env in (prod,dev)", ["s1", "s2"]],
    ["g=sel,env notin (prod,dev)", ["s3", "s4"]],
    ["g=sel,tier", ["s1", "s2"]],
    ["g=sel,!tier", ["s3", "s4"]],
  ])("select by labels: %s", async (labelSelector, expected) => {
    expect(names((await list({ labelSelector })).body)).toEqual(expected);
  });

  it("select by the fields a kind knows, and refuse others", async () => {
    expect(names((await list({ fieldSelector: "metadata.name=s1" })).body)).toEqual(["s1"]);
    expect(names((await list({ fieldSelector: "metadata.name!=s1", labelSelector: "g=sel" })).body)).toEqual([
      "s2",
      "s3",
      "s4",
    ]);
    const unknown = await list({ fieldSelector: "data.k=s1" });
    expect(unknown.status).toBe(400);
    expect(unknown.body.message).toContain('"data.k" is not a known field selector');
    expect((await list({ labelSelector: "env in prod" })).body.message).toContain("found 'prod' expected: '('");
  });

  it("come in pages of one version", async () => {
    const first = (await list({ labelSelector: "g=sel", limit: "3" })).body;
    expect(names(first)).toEqual(["s1", "s2", "s3"]);
    expect(first.metadata.remainingItemCount).toBeUndefined();
    const second = (await list({ labelSelector: "g=sel", limit: "3", continue: first.metadata.continue })).body;
    expect(names(second)).toEqual(["s4"]);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(second.metadata.continue).toBeUndefined();
    expect((await list({ limit: "2" })).body.metadata.remainingItemCount).toBeGreaterThan(0);
    expect((await list({ limit: "2", continue: "garbage" })).status).toBe(400);
  });

  it("at version 0 ignore the limit, as informers start", async () => {
    expect(names((await list({ labelSelector: "g=sel", limit: "1", resourceVersion: "0" })).body)).toHaveLength(4);
  });

  it("refuse a version that is none", async () => {
    expect((await list({ resourceVersion: "abc" })).status).toBe(400);
  });

  it("come as Tables or metadata alone to who asks", async () => {
    const path = `${cluster.core}/configmaps?labelSelector=tier`;
    const table = await cluster.call("GET", path, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
    expect(table.body).toMatchObject({
      kind: "Table",
      columnDefinitions: [{ name: "Name" }, { name: "Data" }, { name: "Age" }],
      rows: [{ cells: ["s1", 0, expect.any(String)] }, { cells: ["s2", 0, expect.any(String)] }],
    });
    const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    const partial = await cluster.call("GET", path, { accept });
    expect(partial.body).toMatchObject({ kind: "PartialObjectMetadataList" });
    expect(partial.body.items[0]).not.toHaveProperty("data");
  });
});

describe("discovery", () => {
  it("says which kinds there are, in both forms", async () => {
    const legacy = await cluster.call("GET", "/apis/apps/v1");
    const deployments = legacy.body.resources.find((entry: Body) => entry.name === "deployments");
    expect(deployments).toMatchObject({
      kind: "Deployment",
      namespaced: true,
      singularName: "deployment",
      shortNames: ["deploy"],
    });
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    const aggregated = await cluster.call("GET", "/apis", { accept });
    expect(aggregated.body.kind).toBe("APIGroupDiscoveryList");
    const groups = aggregated.body.items.map((item: Body) => item.metadata.name);
    expect(groups).toEqual(expect.arrayContaining(["apps", "discovery.k8s.io", "coordination.k8s.io", "policy"]));
  });

  it("answers 404 outside of it: text for an unknown group, a Status inside a known one", async () => {
    const group = await cluster.call("GET", "/apis/foo.example/v1/widgets");
    expect(group).toMatchObject({ status: 404, body: "404 page not found\n" });
    const resource = await cluster.call("GET", `${cluster.apps}/widgets`);
    expect(resource).toMatchObject({
      status: 404,
      body: { message: "the server could not find the requested resource" },
    });
    expect((await cluster.call("POST", `${cluster.core}/configmaps/s1`, { body: configMap("s1") })).status).toBe(405);
  });

  it("answers health and version to everyone", async () => {
    for (const path of ["/healthz", "/livez", "/readyz"]) {
      expect(await cluster.call("GET", path, { token: null })).toMatchObject({ status: 200, body: "ok" });
    }
    expect((await cluster.call("GET", "/version", { token: null })).body.major).toBe("1");
  });
});
