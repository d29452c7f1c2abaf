import { z } from "zod";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "./password-length.ts";
import { roleSchema } from "./schema.ts";

export const personIdSchema = z.uuid().brand<"PersonId">();

const emailSchema = z.string().trim().toLowerCase().pipe(z.email("this is no e-mail address").max(254));
const newPasswordSchema = z
  .string()
  .min(PASSWORD_LENGTH_MIN, `a password has ${PASSWORD_LENGTH_MIN} characters or more`)
  .max(PASSWORD_LENGTH_MAX, `a password has ${PASSWORD_LENGTH_MAX} characters at most`);

export const createPersonSchema = z.strictObject({
  email: emailSchema,
  name: z.string().trim().min(1, "a person needs a name").max(80),
  role: roleSchema,
});
export const personRefSchema = z.strictObject({ person: personIdSchema });
export const setPersonRoleSchema = z.strictObject({ person: personIdSchema, role: roleSchema });
export const changePasswordSchema = z.strictObject({
  current: z.string().max(PASSWORD_LENGTH_MAX),
  next: newPasswordSchema,
});

export const signInSchema = z.strictObject({
  email: emailSchema,
  password: z.string().min(1, "type your password").max(PASSWORD_LENGTH_MAX),
  /** For 30 days; else until the browser is closed, a day at most. */
  remember: z.boolean().default(false),
});

export const personViewSchema = z.object({
  id: personIdSchema,
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  disabledAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  /** Newest sign-in that is still open; null: signed in nowhere. */
  signedInAt: z.iso.datetime().nullable(),
});
export type PersonView = z.infer<typeof personViewSchema>;
/** `password` is shown this once: null in the answer to a repeated request. */
export const personSecretSchema = personViewSchema.extend({ password: z.string().nullable() });
