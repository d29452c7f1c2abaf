import { z } from "zod";

const RESERVED = new Set(["v2", "metrics", "health"]);

/** Names of endpoints, environments, clusters and aliases: a DNS label of at most 40 characters. */
export const nameSchema = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
    "use 1 to 40 of a-z, 0-9 and -, beginning with a letter, not ending with -",
  )
  .refine((name) => !RESERVED.has(name) && !name.startsWith("slipway-"), "this name is reserved");

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
