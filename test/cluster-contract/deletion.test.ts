import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ContractCluster, configMap, MERGE, startContractCluster } from "#test/support/contract-cluster.ts";

let cluster: ContractCluster;
beforeAll(async () => {
  cluster = await startContractCluster();
});
afterAll(() => cluster.close());

const maps = () => `${cluster.core}/configmaps`;

/** An owner and a dependent that blocks its foreground deletion. */
async function family(name: string, dependentMeta: object = {}) {
  const owner = await cluster.call("POST", maps(), { body: configMap(`own-${name}`, {}, { labels: { own: name } }) });
  const { uid, resourceVersion } = owner.body.metadata;
  const reference = {
    apiVersion: "v1",
    kind: "ConfigMap",
    name: `own-${name}`,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const metadata = { labels: { own: name }, ownerReferences: [reference], ...dependentMeta };
  await cluster.call("POST", maps(), { body: configMap(`dep-${name}`, {}, metadata) });
  const events = await cluster.watch(
    `${maps()}?watch=true&labelSelector=own%3D${name}&resourceVersion=${resourceVersion}`,
  );
  expect((await events.next())?.type).toBe("ADDED");
  const told = async () => {
    const event = await events.next();
    return `${event?.type} ${event?.object.metadata.name}`;
  };
  return { told, close: events.close };
}
const remove = (name: string, propagationPolicy: string) =>
  cluster.call("DELETE", `${maps()}/${name}`, { body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy } });

describe("deletion", () => {
  it("in the background removes the owner at once and its dependents after it", async () => {
    const { told, close } = await family("background");
    const answer = await remove("own-background", "Background");
    expect(answer).toMatchObject({ status: 200, body: { kind: "Status", status: "Success" } });
    expect([await told(), await told()]).toEqual(["DELETED own-background", "DELETED dep-background"]);
    close();
  });

  it("in the foreground keeps the owner until its dependents are gone", async () => {
    const { told, close } = await family("foreground");
    const answer = await remove("own-foreground", "Foreground");
    expect(answer.body.metadata.finalizers).toEqual(["foregroundDeletion"]);
    const order = ["MODIFIED own-foreground", "DELETED dep-foreground", "DELETED own-foreground"];
    expect([await told(), await told(), await told()]).toEqual(order);
    close();
  });

  it("in the foreground waits for a dependent that a finalizer holds", async () => {
    const { told, close } = await family("held", { finalizers: ["example.com/hold"] });
    await remove("own-held", "Foreground");
    expect([await told(), await told()]).toEqual(["MODIFIED own-held", "MODIFIED dep-held"]);
    expect((await cluster.call("GET", `${maps()}/own-held`)).status).toBe(200);
    await cluster.call("PATCH", `${maps()}/dep-held`, { type: MERGE, body: { metadata: { finalizers: null } } });
    expect([await told(), await told()]).toEqual(["DELETED dep-held", "DELETED own-held"]);
    close();
  });

  it("as orphans lets the dependents live", async () => {
    const { told, close } = await family("orphan");
    await remove("own-orphan", "Orphan");
    const seen = [await told(), await told(), await told()];
    expect(seen).toEqual(["MODIFIED own-orphan", "MODIFIED dep-orphan", "DELETED own-orphan"]);
    const left = await cluster.call("GET", `${maps()}/dep-orphan`);
    expect(left.body.metadata.ownerReferences).toBeUndefined();
    close();
  });

  it("collects what names an owner that never was", async () => {
    const ownerReferences = [
      { apiVersion: "v1", kind: "ConfigMap", name: "never", uid: "00000000-0000-0000-0000-000000000001" },
    ];
    const made = await cluster.call("POST", maps(), { body: configMap("lost", {}, { ownerReferences }) });
    const { resourceVersion } = made.body.metadata;
    const watch = await cluster.watch(
      `${maps()}?watch=true&fieldSelector=metadata.name%3Dlost&resourceVersion=${resourceVersion}`,
    );
    expect((await watch.next())?.type).toBe("DELETED");
    watch.close();
  });

  it("keeps to its preconditions", async () => {
    const made = await cluster.call("POST", maps(), { body: configMap("pre") });
    const send = (preconditions: object) =>
      cluster.call("DELETE", `${maps()}/pre`, { body: { kind: "DeleteOptions", apiVersion: "v1", preconditions } });
    expect((await send({ uid: "00000000-0000-0000-0000-000000000000" })).status).toBe(409);
    expect((await send({ resourceVersion: "1" })).body.message).toContain(
      "does not match the ResourceVersion in record",
    );
    expect((await remove("pre", "Sideways")).status).toBe(422);
    expect((await cluster.call("DELETE", `${maps()}/pre?gracePeriodSeconds=soon`)).status).toBe(400);
    expect((await cluster.call("DELETE", `${maps()}/pre?dryRun=All`)).status).toBe(200);
    expect((await send({ uid: made.body.metadata.uid })).status).toBe(200);
  });

  it("of a collection takes what its selector matches", async () => {
    for (const [name, dc] of [
      ["dc1", "1"],
      ["dc2", "1"],
      ["dc3", "2"],
    ]) {
      await cluster.call("POST", maps(), { body: configMap(name ?? "", {}, { labels: { dc } }) });
    }
    const answer = await cluster.call("DELETE", `${maps()}?labelSelector=dc%3D1`);
    expect(answer.body.items).toHaveLength(2);
    const left = await cluster.call("GET", `${maps()}?labelSelector=dc`);
    expect(left.body.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(["dc3"]);
  });

  it("of a namespace empties it first, and takes nothing new meanwhile", async () => {
    const name = `${cluster.namespace}-gone`;
    const path = `/api/v1/namespaces/${name}`;
    const made = await cluster.call("POST", "/api/v1/namespaces", {
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    });
    const held = configMap("held", {}, { finalizers: ["example.com/hold"] });
    await cluster.call("POST", `${path}/configmaps`, { body: held });
    await cluster.call("POST", `${path}/configmaps`, { body: configMap("free") });
    const deleted = await cluster.call("DELETE", path);
    expect(deleted.body.status.phase).toBe("Terminating");
    const late = await cluster.call("POST", `${path}/configmaps`, { body: configMap("late") });
    expect(late).toMatchObject({ status: 403, body: { details: { causes: [{ reason: "NamespaceTerminating" }] } } });
    const query = `fieldSelector=metadata.name%3D${name}&resourceVersion=${made.body.metadata.resourceVersion}`;
    const watch = await cluster.watch(`/api/v1/namespaces?watch=true&${query}`);
    await cluster.call("PATCH", `${path}/configmaps/held`, { type: MERGE, body: { metadata: { finalizers: null } } });
    let last = await watch.next();
    while (last?.type === "MODIFIED") last = await watch.next();
    expect(last?.type).toBe("DELETED");
    watch.close();
    expect((await cluster.call("GET", path)).status).toBe(404);
  });

  it("of a namespace is not finished by a dry run of its finalizing", async () => {
    const path = `/api/v1/namespaces/${cluster.namespace}`;
    const { body: live } = await cluster.call("GET", path);
    const body = { ...live, spec: { finalizers: [] } };
    const answer = await cluster.call("PUT", `${path}/finalize?dryRun=All`, { body });
    expect(answer.status).toBe(200);
    expect(answer.body.spec?.finalizers ?? []).toEqual([]);
    expect((await cluster.call("GET", path)).body.spec.finalizers).toEqual(["kubernetes"]);
  });
});
