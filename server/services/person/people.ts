import { randomInt } from "node:crypto";
import { type PersonView, personIdSchema } from "#domain/access/people.ts";
import { roleSchema } from "#domain/access/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { hashPassword } from "#server/auth/password.ts";
import type { Tx } from "#server/db/client.ts";

const WITH_SESSIONS = { sessions: { orderBy: { createdAt: "desc" }, take: 1 } } as const;
type Row = NonNullable<Awaited<ReturnType<typeof findRow>>>;

const findRow = (tx: Tx, id: string) => tx.user.findUnique({ where: { id }, include: WITH_SESSIONS });

/** Throws `not_found`. */
export async function findPerson(tx: Tx, id: string): Promise<Row> {
  const row = await findRow(tx, id);
  if (row === null) throw new DomainError("not_found", "There is no such person.");
  return row;
}

export const listRows = (tx: Tx, after: string | undefined, take: number) =>
  tx.user.findMany({
    where: after === undefined ? {} : { email: { gt: after } },
    include: WITH_SESSIONS,
    orderBy: { email: "asc" },
    take,
  });

export const personView = (row: Row): PersonView => ({
  id: personIdSchema.parse(row.id),
  email: row.email,
  name: row.name,
  role: roleSchema.parse(row.role),
  disabledAt: row.disabledAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  signedInAt: row.sessions[0]?.createdAt.toISOString() ?? null,
});

export const subjectOf = ({ id, email }: { id: string; email: string }) => ({ kind: "person", id, name: email });

type NewPerson = Readonly<{ email: string; name: string; role: string; password: string }>;

export async function addPerson(tx: Tx, { password, ...user }: NewPerson) {
  const { id } = await tx.user.create({ data: user });
  const hash = await hashPassword(password);
  await tx.account.create({ data: { userId: id, accountId: id, providerId: "credential", password: hash } });
  return findPerson(tx, id);
}

/** Also ends every session: whoever knew the old password is out. */
export async function setPassword(tx: Tx, userId: string, password: string): Promise<void> {
  const hash = await hashPassword(password);
  const key = { providerId_accountId: { providerId: "credential", accountId: userId } };
  await tx.account.upsert({
    where: key,
    update: { password: hash },
    create: { userId, accountId: userId, providerId: "credential", password: hash },
  });
  await endSessions(tx, userId);
}

export const endSessions = (tx: Tx, userId: string) => tx.session.deleteMany({ where: { userId } });

const SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Five groups of four signs that nobody mistakes for each other: 115 bits. */
export const generatePassword = (): string =>
  Array.from({ length: 5 }, () => Array.from({ length: 4 }, () => SIGNS[randomInt(SIGNS.length)]).join("")).join("-");

/**
 * Called before an administrator loses the role or is disabled; locks all of them, so that the last two cannot do it to
 * each other at once. Throws `invalid`.
 */
export async function requireAnotherAdministrator(tx: Tx, id: string): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM "User" WHERE role = 'administrator' AND "disabledAt" IS NULL ORDER BY id FOR UPDATE`;
  if (rows.some((row) => row.id !== id) || !rows.some((row) => row.id === id)) return;
  const message = "This is the last administrator. Give somebody else that role first.";
  throw new DomainError("invalid", message, { fields: [{ path: "person", message }] });
}
