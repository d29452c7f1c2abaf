import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "#test/support/postgres.ts";
import { openSession } from "./session.ts";

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

const kill = async () => {
  const client = new pg.Client({ connectionString: fresh.url });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await client.end();
};

test("a lock excludes the same process and others, and is free after it was released", async () => {
  const [one, two] = [openSession(fresh.url, () => undefined), openSession(fresh.url, () => undefined)];
  const release = await one.tryLock("a");
  expect(release).not.toBeNull();
  expect(await one.tryLock("a")).toBeNull();
  expect(await two.tryLock("a")).toBeNull();
  expect(await two.tryLock("b")).not.toBeNull();
  await release?.();
  expect(await two.tryLock("a")).not.toBeNull();
  await one.close();
  await two.close();
});

test("a session that lost its connection frees its locks, connects again and goes on listening", async () => {
  const lost = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<string>();
  const [one, two] = [openSession(fresh.url, () => lost.resolve()), openSession(fresh.url, () => undefined)];
  await one.listen("news", heard.resolve);
  await one.tryLock("c");
  await kill();
  await lost.promise;
  expect(await two.tryLock("c")).not.toBeNull();
  const client = new pg.Client({ connectionString: fresh.url });
  await client.connect();
  // Nobody asks anything of it meanwhile, and what is told while it connects is lost.
  let told: Promise<unknown> = Promise.resolve();
  const telling = setInterval(() => {
    told = client.query("SELECT pg_notify('news', 'still here')");
  }, 100);
  expect(await heard.promise).toBe("still here");
  clearInterval(telling);
  await told;
  expect(await one.tryLock("d")).not.toBeNull();
  await client.end();
  await one.close();
  await two.close();
});
