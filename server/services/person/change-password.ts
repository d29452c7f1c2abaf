import { changePasswordSchema, personViewSchema } from "#domain/access/people.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { countAttempt } from "#server/auth/attempts.ts";
import { isPassword } from "#server/auth/password.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findPerson, personView, setPassword, subjectOf } from "./people.ts";

/** One's own. Every session ends, this one too. */
export const changePassword = defineVerb({
  name: "person.changePassword",
  kind: "mutation",
  permission: "account:write",
  input: changePasswordSchema,
  output: personViewSchema,
  async run(ctx, { current, next }) {
    const { kind, id } = ctx.actor;
    if (kind !== "user") throw new DomainError("invalid", "A token has no password.");
    const { email } = await findPerson(ctx.db.read, id);
    // Wherever their sessions are, together they guess as little as one network.
    await countAttempt(ctx.db, { email, network: `sessions of ${id}` });
    return ctx.write(async (tx) => {
      const row = await findPerson(tx, id);
      const account = await tx.account.findFirst({ where: { userId: id, providerId: "credential" } });
      if (!(await isPassword(current, account?.password ?? "")))
        throw new DomainError("invalid", "This is not your password.", {
          fields: [{ path: "current", message: "this is not your password" }],
        });
      await setPassword(tx, id, next);
      return { answer: personView(row), audit: { action: "person.changePassword", subject: subjectOf(row) } };
    });
  },
});
