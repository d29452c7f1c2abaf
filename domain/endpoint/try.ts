import { z } from "zod";
import { modelNameSchema, nameSchema } from "#domain/shared/names.ts";
import { endpointRef } from "./schema.ts";

export const tryEndpointSchema = z.strictObject({
  ...endpointRef,
  /** Forces this entry of the current plan; absent: as traffic is shared. */
  revision: z.number().int().min(1).optional(),
  /** Body of an Open Inference Protocol v2 inference request. */
  request: z.record(z.string(), z.json()),
});

export const tryAnswerSchema = z.object({
  /** As the router answered it, also when that was an error. */
  status: z.number().int(),
  body: z.json(),
  /** The revision that answered; null: none did. */
  revision: z.number().int().nullable(),
  plan: z.number().int().nullable(),
  /** From sending to the whole answer, as seen from Slipway. */
  latencyMs: z.number(),
  requestId: z.string().nullable(),
});
export type TryAnswer = z.infer<typeof tryAnswerSchema>;

export const servingInputSchema = z.strictObject({ model: modelNameSchema });

/** Where versions of a model stand in the newest plan of an endpoint. */
export const servingViewSchema = z.object({
  items: z.array(
    z.object({
      endpoint: nameSchema,
      environment: nameSchema,
      environmentKind: z.enum(["development", "production"]),
      /** Base of the inference addresses: add `/v2/models/{endpoint}/infer`. */
      url: z.string(),
      plan: z.number().int(),
      revision: z.number().int(),
      model: z.string(),
      version: z.string(),
      role: z.enum(["live", "shadow"]),
      weightPercent: z.number(),
    }),
  ),
});
export type Serving = z.infer<typeof servingViewSchema>["items"][number];
