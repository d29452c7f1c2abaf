import { createHash } from "node:crypto";
import { DomainError } from "#domain/shared/errors.ts";
import type { Database } from "#server/db/client.ts";

const WINDOW_MINUTES = 15;
/** Per person, so that one password cannot be guessed; per address, so that one guess cannot be tried on everybody. */
const ATTEMPTS_MAX = { email: 10, address: 50 } as const;
type Kind = keyof typeof ATTEMPTS_MAX;

/** Counted before a password is looked at, in one statement: neither many at once nor many web processes get more. */
export async function countAttempt(db: Database, kind: Kind, value: string): Promise<void> {
  const [row] = await db.read.$queryRaw<{ count: number; seconds: number }[]>`
    INSERT INTO "SignInAttempts" AS a (key, count) VALUES (${keyOf(kind, value)}, 1)
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

/** Whoever knew the password has not been guessing; of others at their address that says nothing. */
export async function forgiveAttempts(db: Database, email: string, address: string): Promise<void> {
  await db.read.signInAttempts.deleteMany({ where: { key: keyOf("email", email) } });
  await db.read.$executeRaw`UPDATE "SignInAttempts" SET count = count - 1 WHERE key = ${keyOf("address", address)}`;
}

export const forgetOldAttempts = (db: Database) =>
  db.read.$executeRaw`DELETE FROM "SignInAttempts" WHERE "windowSince" < clock_timestamp() - interval '1 day'`;

const keyOf = (kind: Kind, value: string) => createHash("sha256").update(`${kind} ${value}`).digest("hex");
