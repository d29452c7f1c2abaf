import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "#test/support/postgres.ts";
import { type Database, openDatabase } from "./client.ts";
import { answerRequest, openRequests, REQUEST_CHANNEL } from "./reconcile/requests.ts";
import { type DatabaseSession, openSession } from "./session.ts";
import { createWorkerQuestions } from "./worker-questions.ts";

let fresh: FreshDatabase;
let db: Database;
let [web, worker]: DatabaseSession[] = [];
beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase(fresh.url);
  web = openSession(fresh.url, () => undefined);
  worker = openSession(fresh.url, () => undefined);
});
afterAll(async () => {
  await web?.close();
  await worker?.close();
  await db.close();
  await fresh.drop();
});
const session = (): DatabaseSession => {
  if (web === undefined) throw new Error("not open");
  return web;
};

test("many questions at once each get their own answer", async () => {
  const stop = await worker?.listen(REQUEST_CHANNEL, (id) => {
    void openRequests(db).then((rows) => {
      const row = rows.find((candidate) => candidate.id === id);
      return row === undefined ? undefined : answerRequest(db, id, { echo: row.request });
    });
  });
  const questions = createWorkerQuestions(db, session());
  const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => questions.ask("dryRunRevision", { n })));
  expect(answers).toEqual(Array.from({ length: 5 }, (_, n) => ({ echo: { n } })));
  stop?.();
});

test("without a worker the answer is unavailable, after the time that was given", async () => {
  const questions = createWorkerQuestions(db, session(), 20);
  await expect(questions.ask("dryRunRevision", {})).rejects.toMatchObject({ code: "unavailable" });
});
