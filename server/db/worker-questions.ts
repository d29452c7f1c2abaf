import { DomainError } from "#domain/shared/errors.ts";
import type { WorkerQuestions } from "#server/ports/worker-questions.ts";
import type { Database, Tx } from "./client.ts";
import { jsonOrNull } from "./json.ts";
import { ANSWER_CHANNEL, REQUEST_CHANNEL } from "./reconcile/requests.ts";
import type { DatabaseSession } from "./session.ts";

const ANSWER_MS_MAX = 10_000;

/** Asks by a row and a notification; the worker answers in the row and notifies its id. */
export const createWorkerQuestions = (
  db: Database,
  session: DatabaseSession,
  answerMsMax = ANSWER_MS_MAX,
): WorkerQuestions => ({
  async ask(kind, request) {
    const answered = Promise.withResolvers<void>();
    let id: string | null = null;
    // Listening before asking, so that no answer is missed.
    const stop = await session.listen(ANSWER_CHANNEL, (payload) => {
      if (payload === id) answered.resolve();
    });
    const timeout = setTimeout(() => answered.resolve(), answerMsMax);
    try {
      await db.inTransaction(async (tx) => {
        const row = await tx.workerRequest.create({ data: { kind, request: jsonOrNull(request) } });
        id = row.id;
        await tx.$queryRaw`SELECT pg_notify(${REQUEST_CHANNEL}, ${row.id})::text`;
      });
      await answered.promise;
      const row = await db.read.workerRequest.findUnique({ where: { id: id ?? "" } });
      if (row?.answer == null)
        throw new DomainError(
          "unavailable",
          `The worker did not answer within ${answerMsMax / 1000} s; only it can ask the cluster.`,
        );
      return row.answer;
    } finally {
      clearTimeout(timeout);
      stop();
    }
  },
});

/** Nobody waits for an answer this long. */
export const forgetOldQuestions = (tx: Tx) =>
  tx.$executeRaw`DELETE FROM "WorkerRequest" WHERE "createdAt" < clock_timestamp() - interval '10 minutes'`;
