import { createHash } from "node:crypto";
import { DomainError } from "#domain/shared/errors.ts";
import type { Database } from "#server/db/client.ts";

const WINDOW_MINUTES = 15;
/**
 * Per person and network, so that one password cannot be guessed and nobody else is kept from theirs; per network, so that
 * one guess cannot be tried on everybody; per person from wherever, so that many networks together guess little.
 */
const ATTEMPTS_MAX = { network: 50, both: 10, email: 100 } as const;
type Kind = keyof typeof ATTEMPTS_MAX;
export type Attempt = Readonly<{ email: string; network: string }>;

/**
 * Counted before a password is looked at. What one network is refused does not count towards what all may do.
 * Throws `too_many_attempts`.
 */
export async function countAttempt(db: Database, attempt: Attempt): Promise<void> {
  for (const kind of ["network", "both", "email"] as const) await count(db, kind, attempt);
}

/** In one statement: neither many at once nor many web processes get more. */
async function count(db: Database, kind: Kind, attempt: Attempt): Promise<void> {
  const [row] = await db.read.$queryRaw<{ count: number; seconds: number }[]>`
    INSERT INTO "SignInAttempts" AS a (key, count) VALUES (${keyOf(kind, attempt)}, 1)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN a."windowSince" < clock_timestamp() - make_interval(mins => ${WINDOW_MINUTES}::int)
                   THEN 1 ELSE a.count + 1 END,
      "windowSince" = CASE WHEN a."windowSince" < clock_timestamp() - make_interval(mins => ${WINDOW_MINUTES}::int)
                           THEN clock_timestamp() ELSE a."windowSince" END
    RETURNING count, ceil(extract(epoch FROM "windowSince" + make_interval(mins => ${WINDOW_MINUTES}::int)
                          - clock_timestamp()))::int AS seconds`;
  if (row === undefined || row.count <= ATTEMPTS_MAX[kind]) return;
  const minutes = Math.max(1, Math.ceil(row.seconds / 60));
  throw new DomainError("too_many_attempts", `Too many attempts to sign in. Try again in ${minutes} min.`, {
    detail: { retryAfterSeconds: Math.max(1, row.seconds) },
  });
}

/** Whoever knew the password has not been guessing; of others that says nothing. */
export async function forgiveAttempts(db: Database, attempt: Attempt): Promise<void> {
  await db.read.signInAttempts.deleteMany({ where: { key: keyOf("both", attempt) } });
  const others = [keyOf("network", attempt), keyOf("email", attempt)];
  await db.read.signInAttempts.updateMany({ where: { key: { in: others } }, data: { count: { decrement: 1 } } });
}

export const forgetOldAttempts = (db: Database) =>
  db.read.$executeRaw`DELETE FROM "SignInAttempts" WHERE "windowSince" < clock_timestamp() - interval '1 day'`;

const keyOf = (kind: Kind, { email, network }: Attempt) => {
  const value = { network, email, both: `${email} ${network}` }[kind];
  return createHash("sha256").update(`${kind} ${value}`).digest("hex");
};
