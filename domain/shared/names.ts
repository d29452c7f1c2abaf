import { z } from "zod";
import { isReservedName, NAME_FORM, NAME_FORM_WORDS, NAME_RESERVED_WORDS } from "./name-rules.ts";

/** Names of endpoints, environments, clusters and aliases. */
export const nameSchema = z
  .string()
  .regex(NAME_FORM, NAME_FORM_WORDS)
  .refine((name) => !isReservedName(name), NAME_RESERVED_WORDS);

/** A model's name may hold capitals, dots, spaces and slashes; it never becomes a Kubernetes name. */
export const modelNameSchema = z
  .string()
  .trim()
  .min(1, "a model needs a name")
  .max(120)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._/-]*$/u,
    "use letters, digits, space, . _ / and -, beginning with a letter or digit",
  );

/** An artifact's identity: the SHA-256 of its bytes. */
export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "an artifact is sha256: and 64 hexadecimal digits");
export type Digest = z.infer<typeof digestSchema>;
