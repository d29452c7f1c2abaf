import { personViewSchema, setPersonRoleSchema } from "#domain/access/people.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findPerson, personView, requireAnotherAdministrator, subjectOf } from "./people.ts";

/** Holds from the person's next request on. */
export const setPersonRole = defineVerb({
  name: "person.setRole",
  kind: "mutation",
  permission: "person:manage",
  input: setPersonRoleSchema,
  output: personViewSchema,
  run: (ctx, { person: id, role }) =>
    ctx.write(async (tx) => {
      if (role !== "administrator") await requireAnotherAdministrator(tx, id);
      await tx.$queryRaw`SELECT id::text FROM "User" WHERE id = ${id}::uuid FOR UPDATE`;
      const before = await findPerson(tx, id);
      if (before.role === role) return { answer: personView(before), unchanged: true };
      await tx.user.update({ where: { id }, data: { role } });
      return {
        answer: personView({ ...before, role }),
        audit: {
          action: "person.setRole",
          subject: subjectOf(before),
          before: { role: before.role },
          after: { role },
        },
      };
    }),
});
