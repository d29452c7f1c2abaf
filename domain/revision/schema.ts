import { z } from "zod";
import { modelNameSchema, nameSchema } from "#domain/shared/names.ts";
import { parseQuantity } from "#domain/shared/quantity.ts";
import { planViewSchema, revisionViewSchema, secretRefSchema } from "#domain/shared/views.ts";

export const revisionIdSchema = z.uuid().brand<"RevisionId">();

const cpuSchema = z
  .string()
  .regex(/^([1-9][0-9]{0,3}m?|[0-9]{1,3}\.[0-9]{1,3})$/, 'cpu is cores or thousandths, such as "2" or "500m"')
  .refine((text) => Number.parseFloat(text) > 0, "cpu must be more than nothing");
/** A model server with a small model takes about 110 MiB: with less it is killed at its start, over and over. */
const MEMORY_BYTES_MIN = 128 * 2 ** 20;
const memorySchema = z
  .string()
  .regex(/^[1-9][0-9]{0,8}(Ki|Mi|Gi|Ti|k|M|G|T)$/, { error: 'memory is a size such as "512Mi" or "2Gi"', abort: true })
  .refine(
    (text) => (parseQuantity(text) ?? 0) >= MEMORY_BYTES_MIN,
    "memory is at least 128Mi: less holds no model server",
  );

/** Set by Slipway in every model pod; docs/architecture.md lists them. */
const RESERVED_ENV = new Set([
  "POD_IP",
  "PORT",
  "MODEL_NAME",
  "MODEL_VERSION",
  "MODEL_DIR",
  "ARTIFACT_BASE_URL",
  "ARTIFACT_DIGEST",
  "ARTIFACT_TOKEN",
  "TARGET_DIR",
]);
/** The owner's to tune. A typo is refused here: the pod would fall over it, and say in its log what it was. */
const TUNABLE_ENV = new Set(["WORKERS", "QUEUE_MAX", "REQUEST_TIMEOUT_MS", "BODY_BYTES_MAX", "DRAIN_MS"]);
/** They decide what code a process loads or trusts: who may deploy a model may not thereby run a program. */
const LOADER_ENV =
  /^(NODE_.*|LD_.*|DYLD_.*|OPENSSL_.*|SSL_.*|GLIBC_.*|GCONV_.*|MALLOC_.*|PYTHON.*|PATH|HOME|SHELL|IFS|(BASH_)?ENV)$/i;

const envNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "a variable's name holds letters, digits and _, and begins with no digit")
  .refine((name) => !RESERVED_ENV.has(name), "Slipway sets this variable itself")
  .refine((name) => !LOADER_ENV.test(name), "this variable could make the pod run other code, so it is not for models");

const envSecretSchema = secretRefSchema
  .refine(({ secretRef }) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(secretRef.name), {
    path: ["secretRef", "name"],
    message: "a Secret's name holds a-z, 0-9, - and ., and begins and ends with a letter or digit",
  })
  .refine(({ secretRef }) => !secretRef.name.startsWith("slipway-"), {
    path: ["secretRef", "name"],
    message: "Slipway's own Secrets are not for models",
  })
  .refine(({ secretRef }) => /^[-._a-zA-Z0-9]+$/.test(secretRef.key), {
    path: ["secretRef", "key"],
    message: "a Secret's key holds letters, digits, -, _ and .",
  });

const envSchema = z
  .record(
    envNameSchema,
    z.union([
      z
        .string()
        .max(32_768)
        .refine((text) => !text.includes("\0"), "a variable cannot hold a zero character"),
      envSecretSchema,
    ]),
  )
  .superRefine((env, context) => {
    for (const [name, value] of Object.entries(env))
      if (TUNABLE_ENV.has(name) && (typeof value !== "string" || !/^[0-9]{1,9}$/.test(value)))
        context.addIssue({ code: "custom", path: [name], message: 'this is a whole number as text, such as "4"' });
  });

export const createRevisionSchema = z
  .strictObject({
    endpoint: nameSchema,
    environment: nameSchema.optional(),
    dryRun: z.boolean().default(false),
    /** With dryRun alone: the endpoint is not there yet; what its first revision would be in `environment`. */
    newEndpoint: z.boolean().default(false),
    model: modelNameSchema,
    version: z
      .string()
      .regex(/^[1-9][0-9]{0,8}$/, 'a version is its number as text, such as "3"')
      .optional(),
    alias: nameSchema.optional(),
    runtime: z.string().min(1).max(40).default("onnx"),
    replicas: z
      .strictObject({ min: z.number().int().min(1).max(100), max: z.number().int().min(1).max(100).optional() })
      .refine((r) => r.max === undefined || r.max >= r.min, { path: ["max"], message: "max is below min" })
      .default({ min: 1 }),
    resources: z
      .strictObject({
        cpu: cpuSchema.default("1"),
        memory: memorySchema.default("1Gi"),
        gpu: z.number().int().min(0).max(64).default(0),
      })
      .prefault({}),
    env: envSchema.default({}),
  })
  .refine((input) => (input.version === undefined) !== (input.alias === undefined), {
    path: ["version"],
    message: "name either a version or an alias",
  })
  .refine((input) => !input.newEndpoint || (input.dryRun && input.environment !== undefined), {
    path: ["newEndpoint"],
    message: "goes with dryRun and an environment: to deploy, make the endpoint first",
  });
export type CreateRevision = z.infer<typeof createRevisionSchema>;

export const createdRevisionSchema = revisionViewSchema.extend({
  endpoint: z.string(),
  environment: z.string(),
  plan: planViewSchema,
});

const differenceSchema = z.object({
  kind: z.string(),
  name: z.string(),
  /** `refused`: the cluster's own words stand in `fields`. */
  action: z.enum(["create", "change", "none", "refused"]),
  fields: z.array(z.object({ path: z.string(), from: z.json().optional(), to: z.json().optional() })),
});

/** `objects` as the cluster would store them, and for each what would change against what is there. */
export const dryRunViewSchema = z.object({
  dryRun: z.literal(true),
  objects: z.array(z.json()),
  differences: z.array(differenceSchema),
});
export const createRevisionAnswerSchema = z.union([createdRevisionSchema, dryRunViewSchema]);
