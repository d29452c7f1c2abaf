import { Prisma } from "./generated/client.ts";

/** A row with this key was there already. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

/** The database did not answer, as against an answer that we do not like. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) return UNREACHABLE.has(error.code);
  return false;
}

// Cannot reach, timed out reaching, connection closed, pool or transaction start timed out.
const UNREACHABLE = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2037"]);
