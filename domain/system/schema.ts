import { z } from "zod";

/** One thing that Slipway needs, and how it does. */
export const systemCheckSchema = z.object({
  name: z.string(),
  /** warning: all works, and something deserves a look. */
  state: z.enum(["ok", "warning", "failed"]),
  /** What was found. */
  sentence: z.string(),
  /** What to do about it; null: nothing. */
  fix: z.string().nullable(),
});
export type SystemCheck = z.infer<typeof systemCheckSchema>;

export const systemViewSchema = z.object({
  release: z.string(),
  node: z.string(),
  checks: z.array(systemCheckSchema),
});
