import { z } from "zod";

/** Shares are cut from this many buckets: a weight is a multiple of 0.01 %. */
export const BUCKETS = 10_000;

/** Half open, `[from, to)`, ascending and disjoint within a revision. */
export const bucketRangeSchema = z.tuple([z.number().int().min(0), z.number().int().max(BUCKETS)]);
export type BucketRange = z.infer<typeof bucketRangeSchema>;

export const planWireEntrySchema = z.object({
  revision: z.number().int().min(1),
  /** For metric labels and the `/versions/{v}` path. */
  model: z.string(),
  version: z.string(),
  role: z.enum(["live", "shadow"]),
  /** Live: its share of the buckets, empty at 0 % (then only a forced request reaches it). Shadow: empty. */
  ranges: z.array(bucketRangeSchema),
  /** Shadow: the share of live requests copied, in basis points. Live: 0. */
  shadowBps: z.number().int().min(0).max(BUCKETS),
  /** Service whose EndpointSlices hold this revision's pods. */
  service: z.string(),
});
export type PlanWireEntry = z.infer<typeof planWireEntrySchema>;

/**
 * `data.plan` of an endpoint's ConfigMap: all a router needs, in one object, swapped atomically.
 * `number` 0 with no entries: the endpoint exists and serves nothing yet (503).
 * `deleted`: the endpoint is being removed; routers acknowledge the number and answer 404.
 */
export const planWireSchema = z.object({
  schema: z.literal(1),
  environment: z.string(),
  endpoint: z.string(),
  endpointUid: z.string(),
  number: z.number().int().min(0),
  /** ISO time of the decision, for people; order is by number. */
  decidedAt: z.string(),
  deleted: z.boolean(),
  /** Assignment epoch's salt: `bucket = murmur3(salt + "\0" + unit) mod 10000`. */
  salt: z.string(),
  onUnavailable: z.enum(["fallback", "fail"]),
  timeoutMs: z.number().int().min(1),
  bodyBytesMax: z.number().int().min(1),
  entries: z.array(planWireEntrySchema),
});
export type PlanWire = z.infer<typeof planWireSchema>;

export const acksSchema = z.record(z.string(), z.number().int().min(0));
export type Acks = z.infer<typeof acksSchema>;
