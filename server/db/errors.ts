import { DomainError } from "#domain/shared/errors.ts";
import { Prisma } from "./generated/client.ts";

/** A row with this key was there already. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

// Prisma's, the operating system's and PostgreSQL's words for: not reachable, cut off, starting, stopping, no seat left.
const AWAY = new Set([
  ...["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2037"],
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"],
  ...["57P01", "57P02", "57P03", "53300"],
  ...["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections"],
]);
const CAUSES_MAX = 5;

/** The database did not answer, as against an answer that we do not like. Prisma hides which deep in its causes. */
export function isDatabaseAway(error: unknown): boolean {
  // Its cause may be somebody else's lost connection.
  if (error instanceof DomainError) return false;
  let next = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof next === "object" && next !== null; depth += 1) {
    if (next instanceof Prisma.PrismaClientInitializationError) return true;
    if (next instanceof Error && next.message.startsWith("Connection terminated")) return true;
    const { code, kind, originalCode, cause, meta } = next as Record<string, unknown>;
    if ([code, kind, originalCode].some((word) => typeof word === "string" && AWAY.has(word))) return true;
    next = cause ?? (meta as Record<string, unknown> | undefined)?.driverAdapterError;
  }
  return false;
}
