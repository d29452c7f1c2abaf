import type { Database } from "#server/db/client.ts";
import { jsonOrNull } from "#server/db/json.ts";

export const REQUEST_CHANNEL = "slipway_request";
export const ANSWER_CHANNEL = "slipway_answer";

export type WorkerRequestRow = Readonly<{ id: string; kind: string; request: unknown }>;

/** Questions of the last minute without an answer; older ones nobody waits for. */
export async function openRequests(db: Database): Promise<WorkerRequestRow[]> {
  return db.read.$queryRaw<WorkerRequestRow[]>`
    SELECT id, kind, request FROM "WorkerRequest"
    WHERE jsonb_typeof(coalesce(answer, 'null')) = 'null' AND "createdAt" > clock_timestamp() - interval '1 minute'
    ORDER BY "createdAt" LIMIT 100`;
}

/** The answer, its notification, and the end of rows that nobody asks for any more. */
export async function answerRequest(db: Database, id: string, answer: unknown): Promise<void> {
  await db.inTransaction(async (tx) => {
    await tx.workerRequest.update({ where: { id }, data: { answer: jsonOrNull(answer) } });
    await tx.$executeRaw`DELETE FROM "WorkerRequest" WHERE "createdAt" < clock_timestamp() - interval '10 minutes'`;
    await tx.$executeRaw`SELECT pg_notify(${ANSWER_CHANNEL}, ${id})`;
  });
}

/** A version as a revision's objects name it; null when there is none. */
export async function findVersion(db: Database, id: string) {
  const row = await db.read.modelVersion.findUnique({ where: { id }, include: { model: true } });
  if (row === null) return null;
  return {
    versionId: row.id,
    versionNumber: row.number,
    modelId: row.modelId,
    modelName: row.model.name,
    digest: row.artifactDigest,
  };
}
