import { createHash, timingSafeEqual } from "node:crypto";
import { roleSchema } from "#domain/access/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Database } from "#server/db/client.ts";
import { hashToken } from "#server/services/access/tokens.ts";
import type { Actor } from "#server/services/context.ts";

/** Whose rights SLIPWAY_ADMIN_TOKEN carries; it has no row. */
const ADMIN_TOKEN_ACTOR: Actor = { kind: "token", id: "admin-token", name: "admin token", role: "administrator" };

/** Who an `Authorization` header speaks for. Throws `unauthenticated`. */
export async function authenticate(
  db: Database,
  adminToken: string | undefined,
  authorization: string,
): Promise<Actor> {
  const token = /^bearer +([A-Za-z0-9._~+/=-]{1,500})$/i.exec(authorization)?.[1];
  if (token === undefined) throw new DomainError("unauthenticated", "The Authorization header is not a bearer token.");
  if (adminToken !== undefined && isSame(token, adminToken)) return ADMIN_TOKEN_ACTOR;
  const row = await db.read.token.findUnique({ where: { hash: hashToken(token) } });
  if (row === null || row.revokedAt !== null)
    throw new DomainError("unauthenticated", "This bearer token is not known, or was revoked.");
  return { kind: "token", id: row.id, name: row.name, role: roleSchema.parse(row.role) };
}

/** How long it takes says nothing about where they differ, nor how long the true one is. */
const isSame = (a: string, b: string) => timingSafeEqual(sha256(a), sha256(b));
const sha256 = (text: string) => createHash("sha256").update(text).digest();
