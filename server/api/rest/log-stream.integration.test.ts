import { afterAll, beforeAll, expect, test } from "vitest";
import { signedIn } from "#test/support/browser.ts";
import { startTestCluster, startWorld, type TestCluster, until, type World } from "#test/support/worker-harness.ts";
import { handleRest } from "./handle.ts";

const POD = "talker-r1-5d4f-x8k2p";
let cluster: TestCluster;
let world: World;
beforeAll(async () => {
  const command = ["/bin/sh", "-c", "echo first words; exec sleep 600"];
  cluster = await startTestCluster({ images: { "test/talker:1": { command } } });
  world = await startWorld(cluster);
  await world.call("POST", "/endpoints", { body: { name: "talker", environment: "local" } });
  await cluster.kube.create(
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: POD, namespace: world.namespace },
      spec: { containers: [{ name: "server", image: "test/talker:1" }] },
    },
    { manager: "test" },
  );
  await until("the pod to talk", async () => (await world.rest.call("GET", `${LOG}`)).body?.includes?.("first words"));
}, 60_000);
afterAll(async () => {
  await world?.close();
  await cluster?.close();
});

const LOG = `/endpoints/talker/revisions/1/pods/${POD}/log`;
const follow = ({ cookie }: { cookie: string }, container = world.rest.container) =>
  handleRest(container, new Request(`http://127.0.0.1/api/v1${LOG}?follow=true`, { headers: { cookie } }));
const disable = ({ id }: { id: string }) => world.call("POST", `/people/${id}/disable`);
type Reader = ReadableStreamDefaultReader<Uint8Array>;
/** Rejects when the sender gave up before the end. */
async function readToEnd(reader: Reader | undefined): Promise<void> {
  while ((await reader?.read())?.done === false);
}

test("a log that is followed ends at once when its reader is disabled, and goes on for another", async () => {
  const [reader, other] = [
    await signedIn(world.rest.container, "viewer", "reader@slipway.local"),
    await signedIn(world.rest.container, "viewer", "other@slipway.local"),
  ];
  const [log, goesOn] = [await follow(reader), await follow(other)];
  expect([log.status, goesOn.status]).toEqual([200, 200]);
  const lines = log.body?.getReader();
  expect(Buffer.from((await lines?.read())?.value ?? "").toString()).toContain("first words");
  await disable(reader);
  await expect(readToEnd(lines)).rejects.toThrow();
  const others = goesOn.body?.getReader();
  expect(Buffer.from((await others?.read())?.value ?? "").toString()).toContain("first words");
  await others?.cancel();
});

test("whoever is disabled while a log is being opened for them does not go on reading it", async () => {
  const { container } = world.rest;
  const quick = await signedIn(container, "viewer", "quick@slipway.local");
  const { podLogs } = container.services;
  const opensLate: typeof podLogs = {
    async open(...asked) {
      await disable(quick);
      return podLogs.open(...asked);
    },
  };
  const late = await follow(quick, { ...container, services: { ...container.services, podLogs: opensLate } });
  await expect(readToEnd(late.body?.getReader())).rejects.toThrow();
});
