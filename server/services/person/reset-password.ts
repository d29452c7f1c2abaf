import { personRefSchema, personSecretSchema } from "#domain/access/people.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findPerson, generatePassword, personView, setPassword, subjectOf } from "./people.ts";

/** For whoever forgot theirs: a new one, shown once; every session of the person ends. */
export const resetPassword = defineVerb({
  name: "person.resetPassword",
  kind: "mutation",
  permission: "person:manage",
  input: personRefSchema,
  output: personSecretSchema,
  run: (ctx, { person: id }) =>
    ctx.write(async (tx) => {
      const { email } = await findPerson(tx, id);
      const password = generatePassword();
      await setPassword(tx, id, password);
      const view = personView(await findPerson(tx, id));
      return {
        answer: { ...view, password },
        keptAnswer: { ...view, password: null },
        audit: { action: "person.resetPassword", subject: subjectOf({ id, email }) },
      };
    }),
});
