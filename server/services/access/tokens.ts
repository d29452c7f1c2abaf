import { createHash } from "node:crypto";
import { roleSchema, tokenIdSchema } from "#domain/access/schema.ts";

type TokenRow = { id: string; name: string; role: string; createdBy: string; createdAt: Date; revokedAt: Date | null };

/** What is stored of a bearer token: enough to recognise it, too little to use it. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

export const tokenView = ({ id, name, role, createdBy, createdAt, revokedAt }: TokenRow) => ({
  id: tokenIdSchema.parse(id),
  name,
  role: roleSchema.parse(role),
  createdBy,
  createdAt: createdAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
});
