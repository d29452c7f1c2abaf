import type { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { DomainError } from "#domain/shared/errors.ts";
import { signOut } from "#server/api/sign-in.ts";
import { OWN_PAGE, signedIn } from "#test/support/browser.ts";
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
afterEach(() => void vi.useRealTimers());

const LOG = `/endpoints/talker/revisions/1/pods/${POD}/log`;
const follow = ({ cookie }: { cookie: string }, container = world.rest.container, method = "GET") =>
  handleRest(container, new Request(`http://127.0.0.1/api/v1${LOG}?follow=true`, { method, headers: { cookie } }));
type Open = typeof world.rest.container.services.podLogs.open;
/** The same web process, but for how it opens a log. */
const opening = (open: Open) => {
  const { container } = world.rest;
  return { ...container, services: { ...container.services, podLogs: { open } } };
};
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
  const opensLate = opening(async (...asked) => {
    await disable(quick);
    return container.services.podLogs.open(...asked);
  });
  const late = await follow(quick, opensLate);
  await expect(readToEnd(late.body?.getReader())).rejects.toThrow();
});

test("a log that is followed ends within a minute of signing out, of which there is no news", async () => {
  const { container } = world.rest;
  const { cookie } = await signedIn(container, "viewer", "leaves@slipway.local");
  const { sessions } = container;
  const answered = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let times = 0;
  const find: typeof sessions.find = (headers) => {
    const found = sessions.find(headers);
    void found.then(() => answered[times++]?.resolve());
    return found;
  };
  const lines = (await follow({ cookie }, { ...container, sessions: { ...sessions, find } })).body?.getReader();
  // Before the log was opened, and after.
  await Promise.all(answered.map(({ promise }) => promise));
  const headers = { cookie, ...OWN_PAGE };
  await signOut(container, new Request("http://127.0.0.1/api/auth/sign-out", { method: "POST", headers }));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  await expect(readToEnd(lines)).rejects.toThrow();
});

test("a database that was away once ends no log, nor lets its reader go on for ever", async () => {
  const reader = await signedIn(world.rest.container, "viewer", "outlasts@slipway.local");
  const asked = Promise.withResolvers<void>();
  let isAway = false;
  const { sessions, services } = world.rest.container;
  const wayward = opening((...wanted) => {
    isAway = true;
    return services.podLogs.open(...wanted);
  });
  const find: typeof sessions.find = async (headers) => {
    if (!isAway) return sessions.find(headers);
    asked.resolve();
    throw new DomainError("unavailable", "The database does not answer.");
  };
  const lines = (await follow(reader, { ...wayward, sessions: { ...sessions, find } })).body?.getReader();
  await asked.promise;
  expect(Buffer.from((await lines?.read())?.value ?? "").toString()).toContain("first words");
  isAway = false;
  await disable(reader);
  await expect(readToEnd(lines)).rejects.toThrow();
});

test("asked for its headers alone, a log is not followed", async () => {
  const { container } = world.rest;
  const reader = await signedIn(container, "viewer", "headers@slipway.local");
  const opened: Readable[] = [];
  const watched = opening(async (...asked) => {
    const log = await container.services.podLogs.open(...asked);
    opened.push(log);
    return log;
  });
  const answer = await follow(reader, watched, "HEAD");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  expect(answer.body).toBeNull();
  expect(opened.map((log) => log.destroyed)).toEqual([true]);
});
