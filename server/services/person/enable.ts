import { personRefSchema, personViewSchema } from "#domain/access/people.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findPerson, personView, subjectOf } from "./people.ts";

export const enablePerson = defineVerb({
  name: "person.enable",
  kind: "mutation",
  permission: "person:manage",
  input: personRefSchema,
  output: personViewSchema,
  run: (ctx, { person: id }) =>
    ctx.write(async (tx) => {
      const before = await findPerson(tx, id);
      if (before.disabledAt === null) return { answer: personView(before), unchanged: true };
      await tx.user.update({ where: { id }, data: { disabledAt: null } });
      const answer = personView({ ...before, disabledAt: null });
      return { answer, audit: { action: "person.enable", subject: subjectOf(before) } };
    }),
});
