import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "#test/support/postgres.ts";
import { createChangeFeed } from "./change-feed.ts";
import { type Database, openDatabase } from "./client.ts";
import { reportEndpoint } from "./reconcile/endpoint-report.ts";
import { recordChange } from "./record-change.ts";
import { type DatabaseSession, openSession } from "./session.ts";

let fresh: FreshDatabase;
let db: Database;
let session: DatabaseSession;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase(fresh.url);
  session = openSession(fresh.url, () => undefined);
});
afterAll(async () => {
  await session.close();
  await db.close();
  await fresh.drop();
});

const feed = () =>
  createChangeFeed(db, session, (error) => {
    throw error;
  });

const change = (name: string) =>
  db.inTransaction((tx) =>
    recordChange(tx, {
      audit: {
        actor: { kind: "system", id: "t", name: "t" },
        action: "model.create",
        subject: { kind: "model", id: name, name },
        requestId: "r",
      },
    }),
  );

/** The next news that says anything but that time went on. */
async function nextChange(news: AsyncGenerator<{ id: string; news: { changed: { name: string }[] } }>) {
  for (;;) {
    const { value } = await news.next();
    if (value.news.changed.length > 0)
      return { id: value.id, names: value.news.changed.map(({ name }: { name: string }) => name) };
  }
}

test("a follower is told each change once, also of what leaves the worker nothing to do", async () => {
  const ends = new AbortController();
  const news = feed().follow(null, ends.signal);
  await news.next();
  await change("first");
  expect((await nextChange(news)).names).toEqual(["first"]);
  await change("second");
  expect((await nextChange(news)).names).toEqual(["second"]);
  ends.abort();
  expect((await news.next()).done).toBe(true);
});

test("a follower that was away is first told what it missed", async () => {
  const ends = new AbortController();
  const before = await feed().follow(null, ends.signal).next();
  await change("missed one");
  await change("missed two");
  const again = feed().follow(before.value?.id ?? "", ends.signal);
  expect((await nextChange(again)).names).toEqual(["missed one", "missed two"]);
  ends.abort();
  await again.return(undefined);
});

test("a stream that is taken up again says that everything may be another: status changes in between have no number", async () => {
  const ends = new AbortController();
  const first = await feed().follow(null, ends.signal).next();
  expect(first.value?.news.everything).toBe(false);
  const again = await feed()
    .follow(first.value?.id ?? "", ends.signal)
    .next();
  expect(again.value?.news).toMatchObject({ changed: [], everything: true });
  ends.abort();
});

test("what the worker reports of an endpoint is news of that endpoint", async () => {
  const cluster = await db.read.cluster.create({ data: { name: "c" } });
  const environment = await db.read.environment.create({
    data: {
      name: "e",
      clusterId: cluster.id,
      namespace: "n",
      kind: "development",
      gatewayUrl: "http://127.0.0.1",
      imagePrefix: "x/",
      warmReplicas: 0,
      createdBy: "t",
    },
  });
  const uid = randomUUID();
  await db.read.endpoint.create({
    data: { uid, environmentId: environment.id, name: "credit", salt: "s", healthTargets: {}, createdBy: "t" },
  });
  const ends = new AbortController();
  const news = feed().follow(null, ends.signal);
  await news.next();
  // The first look remembers how things stand.
  await news.next();
  await reportEndpoint(db, {
    endpointUid: uid,
    observedGeneration: 1,
    publishedPlan: 1,
    acknowledged: 2,
    routers: 2,
    purged: false,
    plans: [],
    revisions: [],
    conditions: [],
    acks: [],
    routerPodUids: null,
  });
  expect((await nextChange(news)).names).toEqual(["credit"]);
  ends.abort();
  await news.return(undefined);
});
