import { z } from "zod";
import { PERMISSIONS, ROLES } from "./rights.ts";

export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

export const permissionSchema = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof permissionSchema>;

export const tokenIdSchema = z.uuid().brand<"TokenId">();

export const createTokenSchema = z.strictObject({
  name: z.string().trim().min(1, "a token needs a name").max(80),
  role: roleSchema,
});
export const tokenRefSchema = z.strictObject({ token: tokenIdSchema });

export const tokenViewSchema = z.object({
  id: tokenIdSchema,
  name: z.string(),
  role: roleSchema,
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
});
/** `token` is shown this once, as only its hash is kept: null in the answer to a repeated request. */
export const tokenSecretSchema = tokenViewSchema.extend({ token: z.string().nullable() });
