import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "#test/support/postgres.ts";
import { type Database, openDatabase } from "./client.ts";
import { CHANGE_CHANNEL, recordChange } from "./record-change.ts";
import { openSession } from "./session.ts";

let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase(fresh.url);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const entry = (key: string) => ({
  audit: {
    actor: { kind: "system", id: "t", name: "t" } as const,
    action: "test.change",
    subject: { kind: "test", id: key, name: key },
    after: { key },
    requestId: "r",
  },
  change: { kind: "endpoint", key } as const,
});

/** Resolves when some session of this database waits for an advisory lock. */
async function someoneWaits(): Promise<"waiting"> {
  for (;;) {
    const waiting = await db.read.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()`;
    if (waiting.length > 0) return "waiting";
  }
}

test("ids are handed out in commit order: a later change waits for one that is not yet committed", async () => {
  const recorded = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const first = db.inTransaction(async (tx) => {
    await recordChange(tx, entry("first"));
    recorded.resolve();
    await mayCommit.promise;
  });
  await recorded.promise;
  const second = db.inTransaction((tx) => recordChange(tx, entry("second"))).then(() => "committed" as const);
  expect(await Promise.race([second, someoneWaits()])).toBe("waiting");
  expect(await db.read.change.count()).toBe(0);
  // Whoever waits has taken no id yet: it might commit after a third that took a higher one.
  const [ids] = await db.read.$queryRaw<{ taken: bigint }[]>`SELECT last_value AS taken FROM "Change_id_seq"`;
  expect(ids?.taken).toBe(1n);
  mayCommit.resolve();
  await Promise.all([first, second]);
  const rows = await db.read.change.findMany({ orderBy: { id: "asc" } });
  expect(rows.map((row) => row.key)).toEqual(["first", "second"]);
});

test("a change is notified when it is committed, and a change that rolls back leaves and notifies nothing", async () => {
  const session = openSession(fresh.url, () => undefined);
  const heard: string[] = [];
  const two = Promise.withResolvers<void>();
  await session.listen(CHANGE_CHANNEL, (payload) => {
    heard.push((JSON.parse(payload) as { key: string }).key);
    if (heard.length === 2) two.resolve();
  });
  const before = await db.read.audit.count();
  const failing = db.inTransaction(async (tx) => {
    await recordChange(tx, entry("undone"));
    throw new Error("after all");
  });
  await expect(failing).rejects.toThrow("after all");
  for (const key of ["one", "two"]) await db.inTransaction((tx) => recordChange(tx, entry(key)));
  await two.promise;
  expect(heard).toEqual(["one", "two"]);
  expect((await db.read.audit.count()) - before).toBe(2);
  await session.close();
});

test("an audit row without anything for the worker to do notifies nobody", async () => {
  const before = await db.read.change.count();
  await db.inTransaction((tx) => recordChange(tx, { audit: entry("quiet").audit }));
  expect(await db.read.change.count()).toBe(before);
  expect(await db.read.audit.findFirst({ where: { subjectId: "quiet" } })).toMatchObject({
    before: null,
    after: { key: "quiet" },
  });
});
