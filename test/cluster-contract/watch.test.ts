import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ContractCluster,
  configMap,
  MERGE,
  type OpenWatch,
  startContractCluster,
  type WatchEvent,
} from "#test/support/contract-cluster.ts";

let cluster: ContractCluster;
beforeAll(async () => {
  cluster = await startContractCluster();
});
afterAll(() => cluster.close());

const maps = () => `${cluster.core}/configmaps`;
const make = (name: string, labels: Record<string, string>) =>
  cluster.call("POST", maps(), { body: configMap(name, { a: "1" }, { labels }) });
const patch = (name: string, body: object) => cluster.call("PATCH", `${maps()}/${name}`, { type: MERGE, body });
const versionNow = async () => (await cluster.call("GET", maps())).body.metadata.resourceVersion as string;
const short = (event: WatchEvent | undefined) => `${event?.type} ${event?.object.metadata.name}`;
const take = async (watch: OpenWatch, count: number) => {
  const events: string[] = [];
  for (let i = 0; i < count; i++) events.push(short(await watch.next()));
  return events;
};

describe("a watch", () => {
  it("tells what happened since its version, in order, then what happens", async () => {
    const since = await versionNow();
    await make("order-a", { w: "order" });
    await patch("order-a", { data: { a: "2" } });
    const watch = await cluster.watch(`${maps()}?watch=true&labelSelector=w%3Dorder&resourceVersion=${since}`);
    expect(await take(watch, 2)).toEqual(["ADDED order-a", "MODIFIED order-a"]);
    await make("order-b", { w: "order" });
    await cluster.call("DELETE", `${maps()}/order-a`);
    expect(await take(watch, 2)).toEqual(["ADDED order-b", "DELETED order-a"]);
    watch.close();
  });

  it("turns leaving a selection into DELETED and entering it into ADDED", async () => {
    const since = await versionNow();
    const watch = await cluster.watch(`${maps()}?watch=true&labelSelector=w%3Dsel&resourceVersion=${since}`);
    await make("sel-a", { w: "sel" });
    await make("sel-other", { w: "no" });
    await patch("sel-a", { metadata: { labels: { w: "gone" } } });
    await patch("sel-a", { data: { a: "3" } });
    await patch("sel-other", { metadata: { labels: { w: "sel" } } });
    expect(await take(watch, 3)).toEqual(["ADDED sel-a", "DELETED sel-a", "ADDED sel-other"]);
    watch.close();
  });

  it("says nothing of a write that changed nothing", async () => {
    const { body } = await make("quiet", { w: "quiet" });
    const since = body.metadata.resourceVersion;
    const watch = await cluster.watch(`${maps()}?watch=true&labelSelector=w%3Dquiet&resourceVersion=${since}`);
    await patch("quiet", { data: { a: "1" } });
    await patch("quiet", { data: { a: "2" } });
    const event = await watch.next();
    expect(event).toMatchObject({ type: "MODIFIED", object: { data: { a: "2" } } });
    watch.close();
  });

  it("without a version begins with what there is", async () => {
    await make("init-a", { w: "init" });
    const watch = await cluster.watch(`${maps()}?watch=true&labelSelector=w%3Dinit`);
    expect(await take(watch, 1)).toEqual(["ADDED init-a"]);
    watch.close();
  });

  it("marks the end of the initial events with a bookmark when asked", async () => {
    await make("list-a", { w: "list" });
    const query = "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan";
    const watch = await cluster.watch(`${maps()}?watch=true&labelSelector=w%3Dlist&${query}`);
    expect(await take(watch, 1)).toEqual(["ADDED list-a"]);
    expect(await watch.next()).toMatchObject({
      type: "BOOKMARK",
      object: { kind: "ConfigMap", metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
    });
    watch.close();
    expect((await cluster.call("GET", `${maps()}?watch=true&sendInitialEvents=true`)).status).toBe(422);
  });

  it("ends by itself after timeoutSeconds", async () => {
    const since = await versionNow();
    const watch = await cluster.watch(
      `${maps()}?watch=true&labelSelector=w%3Dnone&resourceVersion=${since}&timeoutSeconds=1`,
    );
    expect(await watch.next()).toBeUndefined();
  });

  it("goes on for as long as was asked, be it longer than a timer can be set", async () => {
    const since = await versionNow();
    const watch = await cluster.watch(
      `${maps()}?watch=true&labelSelector=w%3Dlong&resourceVersion=${since}&timeoutSeconds=3000000`,
    );
    await make("long-a", { w: "long" });
    await make("long-b", { w: "long" });
    expect([(await watch.next())?.type, (await watch.next())?.type]).toEqual(["ADDED", "ADDED"]);
    watch.close();
  });

  it("sends Table rows to who asks for Tables", async () => {
    await make("table-a", { w: "table" });
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    const watch = await cluster.watch(`${maps()}?watch=true&labelSelector=w%3Dtable`, { accept });
    expect(await watch.next()).toMatchObject({
      type: "ADDED",
      object: { kind: "Table", rows: [{ object: { kind: "PartialObjectMetadata", metadata: { name: "table-a" } } }] },
    });
    watch.close();
  });
});
