import { createPersonSchema, personSecretSchema } from "#domain/access/people.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { isUniqueViolation } from "#server/db/errors.ts";
import { defineVerb } from "#server/services/verb.ts";
import { addPerson, generatePassword, personView, subjectOf } from "./people.ts";

export const createPerson = defineVerb({
  name: "person.create",
  kind: "mutation",
  permission: "person:manage",
  input: createPersonSchema,
  output: personSecretSchema,
  run: (ctx, input) =>
    ctx
      .write(async (tx) => {
        const password = generatePassword();
        const row = await addPerson(tx, { ...input, password });
        return {
          answer: { ...personView(row), password },
          keptAnswer: { ...personView(row), password: null },
          audit: { action: "person.create", subject: subjectOf(row), after: { name: row.name, role: row.role } },
        };
      })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        const message = `Somebody with the address ${input.email} is here already.`;
        throw new DomainError("name_taken", message, { fields: [{ path: "email", message }] });
      }),
});
