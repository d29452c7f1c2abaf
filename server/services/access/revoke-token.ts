import { tokenRefSchema, tokenViewSchema } from "#domain/access/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { defineVerb } from "#server/services/verb.ts";
import { tokenView } from "./tokens.ts";

export const revokeToken = defineVerb({
  name: "token.revoke",
  kind: "mutation",
  permission: "token:manage",
  input: tokenRefSchema,
  output: tokenViewSchema,
  run: (ctx, { token: id }) =>
    ctx.write(async (tx) => {
      const changed = await tx.$executeRaw`
        UPDATE "Token" SET "revokedAt" = clock_timestamp() WHERE id = ${id}::uuid AND "revokedAt" IS NULL`;
      const row = await tx.token.findUnique({ where: { id } });
      if (row === null) throw new DomainError("not_found", "There is no such token.");
      const answer = tokenView(row);
      if (changed === 0) return { answer, unchanged: true };
      return {
        answer,
        audit: { action: "token.revoke", subject: { kind: "token", id, name: row.name }, before: { role: row.role } },
      };
    }),
});
