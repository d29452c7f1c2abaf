import { personRefSchema, personViewSchema } from "#domain/access/people.ts";
import { defineVerb } from "#server/services/verb.ts";
import { endSessions, findPerson, personView, requireAnotherAdministrator, subjectOf } from "./people.ts";

/** Ends the person's sessions and refuses new ones; what they did stays theirs. */
export const disablePerson = defineVerb({
  name: "person.disable",
  kind: "mutation",
  permission: "person:manage",
  input: personRefSchema,
  output: personViewSchema,
  run: (ctx, { person: id }) =>
    ctx.write(async (tx) => {
      await requireAnotherAdministrator(tx, id);
      const changed = await tx.$executeRaw`
        UPDATE "User" SET "disabledAt" = clock_timestamp() WHERE id = ${id}::uuid AND "disabledAt" IS NULL`;
      await endSessions(tx, id);
      const row = await findPerson(tx, id);
      if (changed === 0) return { answer: personView(row), unchanged: true };
      return { answer: personView(row), audit: { action: "person.disable", subject: subjectOf(row) } };
    }),
});
