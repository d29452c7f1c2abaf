import { DomainError } from "#domain/shared/errors.ts";
import type { Database, Tx } from "#server/db/client.ts";
import type { DatabaseSession } from "#server/db/session.ts";

/** One write that its caller may send again: a key belongs to its caller, method and path. */
export type RepeatableCall = Readonly<{
  actorId: string;
  method: string;
  /** With the query, which names the environment. */
  path: string;
  key: string;
  /** Known once the body was read; an upload is read while it is stored. */
  bodyHash: () => Promise<string>;
  /** What the answer is sent with when it succeeds. */
  status: number;
}>;

export type StoredAnswer = Readonly<{ status: number; answer: unknown }>;
const KEPT_HOURS = 24;

/**
 * Runs `work` unless this very call was answered before. Whoever runs it holds a lock that dies with the process, so
 * a crash leaves the key free, and the answer is stored by `storeAnswer` in the transaction that made it true.
 * Throws `idempotency_in_progress` or `idempotency_mismatch`.
 */
export async function onceOnly<T>(
  { db, session }: { db: Database; session: DatabaseSession },
  call: RepeatableCall,
  work: () => Promise<T>,
): Promise<{ stored: StoredAnswer } | { fresh: T }> {
  const release = await session.tryLock(`idempotency ${JSON.stringify(keyOf(call))}`);
  if (release === null)
    throw new DomainError("idempotency_in_progress", "The first request with this Idempotency-Key is still running.");
  try {
    const stored = await findAnswer(db.read, call);
    return stored === null ? { fresh: await work() } : { stored };
  } finally {
    await release();
  }
}

/** Called in the write's own transaction. */
export async function storeAnswer(tx: Tx, call: RepeatableCall, answer: unknown): Promise<void> {
  const bodyHash = await call.bodyHash();
  const stored = await tx.$executeRaw`
    INSERT INTO "Idempotency" AS i ("actorId", method, path, key, "bodyHash", status, answer)
    VALUES (${call.actorId}, ${call.method}, ${call.path}, ${call.key}, ${bodyHash}, ${call.status},
            ${JSON.stringify(answer)}::jsonb)
    ON CONFLICT ("actorId", method, path, key) DO UPDATE
      SET "bodyHash" = excluded."bodyHash", status = excluded.status, answer = excluded.answer,
          "createdAt" = clock_timestamp()
      WHERE i."createdAt" < clock_timestamp() - make_interval(hours => ${KEPT_HOURS}::int)`;
  // A connection that lost its lock may have been overtaken: then its whole transaction goes.
  if (stored === 0)
    throw new DomainError("idempotency_in_progress", "Another request with this Idempotency-Key was quicker.");
}

/** Rows live a day longer than they are asked for at most. */
export const forgetOldAnswers = (tx: Tx) =>
  tx.$executeRaw`DELETE FROM "Idempotency" WHERE "createdAt" < clock_timestamp() - interval '2 days'`;

async function findAnswer(tx: Tx, call: RepeatableCall): Promise<StoredAnswer | null> {
  const [row] = await tx.$queryRaw<{ bodyHash: string; status: number; answer: unknown }[]>`
    SELECT "bodyHash", status, answer FROM "Idempotency"
    WHERE "actorId" = ${call.actorId} AND method = ${call.method} AND path = ${call.path} AND key = ${call.key}
      AND "createdAt" >= clock_timestamp() - make_interval(hours => ${KEPT_HOURS}::int)`;
  if (row === undefined) return null;
  if (row.bodyHash === (await call.bodyHash())) return row;
  throw new DomainError("idempotency_mismatch", "This Idempotency-Key was used before with another body.");
}

const keyOf = ({ actorId, method, path, key }: RepeatableCall) => ({ actorId, method, path, key });
