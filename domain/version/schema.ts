import { z } from "zod";
import { modelGraphSchema } from "#domain/shared/model-graph.ts";
import { digestSchema, modelNameSchema } from "#domain/shared/names.ts";
import { pageInput } from "#domain/shared/page.ts";
import { signatureSchema } from "#domain/shared/signature.ts";
import { momentSchema } from "#domain/shared/views.ts";

export const versionIdSchema = z.uuid().brand<"VersionId">();
export const versionNumberSchema = z
  .string()
  .regex(/^[1-9][0-9]{0,8}$/, 'a version is its number as text, such as "3"');

export const formatSchema = z.enum(["onnx", "pmml", "tensorflow"]);
export type Format = z.infer<typeof formatSchema>;

const freeFormJson = z.record(z.string().max(200), z.json());

export const registerVersionSchema = z.strictObject({
  model: modelNameSchema,
  /** Make the model with its first version: a file that is refused then leaves no empty model behind. */
  createModel: z.boolean().default(false),
  artifact: digestSchema,
  format: formatSchema.default("onnx"),
  description: z.string().max(20_000).default(""),
  metrics: z.record(z.string().max(200), z.number()).default({}),
  params: freeFormJson.default({}),
  tags: z.array(z.string().trim().min(1).max(60)).max(50).default([]),
  source: z
    .strictObject({
      gitCommit: z.string().max(200).optional(),
      runUrl: z.url({ protocol: /^https?$/, error: "needs an http or https address" }).optional(),
      dataset: z.string().max(500).optional(),
    })
    .optional(),
  /** A v2 request body to try the model with; without it one is generated from the signature. */
  exampleInput: z.json().optional(),
  /** Names of the classes a classifier answers with, in output order. */
  labels: z.array(z.string().max(200)).max(100_000).optional(),
  featureNames: z.array(z.string().max(200)).max(100_000).optional(),
  /** How raw data becomes the input tensors, for people and the screen's Try it. */
  preprocessing: freeFormJson.optional(),
});

export const versionRefSchema = z.strictObject({ model: modelNameSchema, version: versionNumberSchema });
export const listVersionsSchema = z.strictObject({
  model: modelNameSchema,
  /** "12" or "v12": versions whose number begins so; other text: those with an alias that holds it. */
  search: z.string().trim().max(60).optional(),
  ...pageInput,
});

export const versionViewSchema = z.object({
  id: versionIdSchema,
  model: z.string(),
  version: z.string(),
  /** `registered`: stored, not servable here; `failure` says why and how to export it. */
  status: z.enum(["validating", "ready", "registered", "failed"]),
  failure: z.string().nullable(),
  artifact: digestSchema,
  sizeBytes: z.number().int(),
  format: formatSchema,
  /** Null where the format cannot be read here. */
  signature: signatureSchema.nullable(),
  description: z.string(),
  metrics: z.record(z.string(), z.number()),
  params: freeFormJson,
  tags: z.array(z.string()),
  source: z.record(z.string(), z.string()).nullable(),
  exampleInput: z.json().nullable(),
  labels: z.array(z.string()).nullable(),
  featureNames: z.array(z.string()).nullable(),
  preprocessing: freeFormJson.nullable(),
  aliases: z.array(z.string()),
  createdBy: z.string(),
  createdAt: momentSchema,
});
export type VersionView = z.infer<typeof versionViewSchema>;

export const versionGraphSchema = z.object({
  graph: modelGraphSchema.nullable(),
  /** Why there is none; null: there is. */
  why: z.string().nullable(),
});

/** In lists: an example input may be as large as an image. */
export const versionSummarySchema = versionViewSchema.omit({ exampleInput: true });
export type VersionSummary = z.infer<typeof versionSummarySchema>;

export const artifactViewSchema = z.object({ digest: digestSchema, sizeBytes: z.number().int() });
export type ArtifactView = z.infer<typeof artifactViewSchema>;

const EXPORT_ADVICE: Readonly<Record<Exclude<Format, "onnx">, string>> = {
  pmml: "PMML is stored but not served in this release. To serve it, export the same model to ONNX, for scikit-learn with skl2onnx, and register that file.",
  tensorflow:
    "TensorFlow models are stored but not served in this release. To serve it, convert it with tf2onnx (python -m tf2onnx.convert --saved-model DIR --output model.onnx) and register that file.",
};

/** Why a version of this format is `registered` only, and the way out; null for one that is served here. */
export const whyNotServed = (format: Format): string | null => (format === "onnx" ? null : EXPORT_ADVICE[format]);
