import { z } from "zod";
import { systemViewSchema } from "#domain/system/schema.ts";
import { release } from "#server/config/release.ts";
import { defineVerb } from "#server/services/verb.ts";
import { diagnose } from "./diagnose.ts";

/** What this installation runs on and whether it answers; every check is made anew. */
export const getSystem = defineVerb({
  name: "system.get",
  kind: "query",
  permission: "environment:read",
  input: z.strictObject({}),
  output: systemViewSchema,
  run: async (ctx) => ({ release, node: process.versions.node, checks: await diagnose(ctx, ctx.signal) }),
});
