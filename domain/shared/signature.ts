import { z } from "zod";
import { modelGraphSchema } from "./model-graph.ts";

/** Datatypes of the Open Inference Protocol v2, as they stand in requests and signatures. */
export const DATATYPES = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "BF16",
  "FP32",
  "FP64",
  "BYTES",
] as const;
export const datatypeSchema = z.enum(DATATYPES);
export type Datatype = z.infer<typeof datatypeSchema>;

/** `-1` is a free dimension, as the protocol writes it. */
export const tensorSpecSchema = z.object({
  name: z.string(),
  datatype: datatypeSchema,
  shape: z.array(z.number().int().min(-1)),
});
export type TensorSpec = z.infer<typeof tensorSpecSchema>;

/** Read out of the artifact, never typed in by hand. */
export const signatureSchema = z.object({ inputs: z.array(tensorSpecSchema), outputs: z.array(tensorSpecSchema) });
export type Signature = z.infer<typeof signatureSchema>;

/**
 * What `serving/model-server/inspect.ts` prints as its one line of output.
 * `failure` is a sentence for the person who uploaded the file; `code` is for programs.
 */
export const inspectionSchema = z.discriminatedUnion("ok", [
  z.object({
    ok: z.literal(true),
    signature: signatureSchema,
    graph: modelGraphSchema,
    /** Generated input the model was run on once, as a v2 request body. */
    exampleInput: z.unknown(),
  }),
  z.object({
    ok: z.literal(false),
    code: z.enum([
      "empty",
      "not_onnx",
      "truncated",
      "unsupported_operator",
      "external_data_outside",
      "external_data_missing",
      "unsupported_type",
      "load_failed",
      "run_failed",
      "run_timeout",
      "out_of_memory",
      "archive_unsafe",
    ]),
    failure: z.string(),
  }),
]);
export type Inspection = z.infer<typeof inspectionSchema>;
