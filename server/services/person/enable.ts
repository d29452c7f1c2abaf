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
      const { count } = await tx.user.updateMany({
        where: { id, disabledAt: { not: null } },
        data: { disabledAt: null },
      });
      const row = await findPerson(tx, id);
      if (count === 0) return { answer: personView(row), unchanged: true };
      return { answer: personView(row), audit: { action: "person.enable", subject: subjectOf(row) } };
    }),
});
