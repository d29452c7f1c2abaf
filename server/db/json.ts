import { Prisma } from "./generated/client.ts";

/**
 * A value for a nullable JSON column; undefined and null both become JSON null.
 * The round trip drops what JSON cannot hold, such as members that are undefined.
 */
export const jsonOrNull = (value: unknown): Prisma.InputJsonValue | typeof Prisma.JsonNull =>
  value === undefined || value === null
    ? Prisma.JsonNull
    : (JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue);
