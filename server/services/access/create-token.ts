import { randomBytes } from "node:crypto";
import { createTokenSchema, tokenSecretSchema } from "#domain/access/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { hashToken, tokenView } from "./tokens.ts";

export const createToken = defineVerb({
  name: "token.create",
  kind: "mutation",
  permission: "token:manage",
  input: createTokenSchema,
  output: tokenSecretSchema,
  run: (ctx, input) =>
    ctx.write(async (tx) => {
      const token = `slipway_${randomBytes(32).toString("base64url")}`;
      const row = await tx.token.create({ data: { ...input, hash: hashToken(token), createdBy: ctx.actor.name } });
      return {
        answer: { ...tokenView(row), token },
        // A token is kept nowhere, so a repeated request cannot be told it again.
        keptAnswer: { ...tokenView(row), token: null },
        audit: {
          action: "token.create",
          subject: { kind: "token", id: row.id, name: row.name },
          after: { role: input.role },
        },
      };
    }),
});
