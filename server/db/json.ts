import { Prisma } from "./generated/client.ts";

/**
 * JSON that PostgreSQL takes, for what others have written: a pod's last words may hold what it cannot store, or have
 * been cut within a sign, and nothing of an endpoint could be reported for as long as it says them.
 */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === "string" ? member.toWellFormed().replaceAll("\0", "\uFFFD") : member,
  );

/**
 * A value for a nullable JSON column; undefined and null both become JSON null.
 * The round trip drops what JSON cannot hold, such as members that are undefined.
 */
export const jsonOrNull = (value: unknown): Prisma.InputJsonValue | typeof Prisma.JsonNull =>
  value === undefined || value === null ? Prisma.JsonNull : (JSON.parse(storableJson(value)) as Prisma.InputJsonValue);
