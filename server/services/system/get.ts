import { z } from "zod";
import { systemViewSchema } from "#domain/system/schema.ts";
import { release } from "#server/config/release.ts";
import { defineVerb } from "#server/services/verb.ts";
import { checkDatabase, checkEnvironments, checkPrometheus, checkWorker } from "./checks.ts";

/** What this installation runs on and whether it answers; every check is made anew. */
export const getSystem = defineVerb({
  name: "system.get",
  kind: "query",
  permission: "environment:read",
  input: z.strictObject({}),
  output: systemViewSchema,
  async run(ctx) {
    const checks = await Promise.all([
      checkDatabase(ctx.db),
      checkWorker(ctx.db),
      checkPrometheus(ctx.metrics, ctx.signal),
      checkEnvironments(ctx.db),
    ]);
    return { release, node: process.versions.node, checks: checks.flat() };
  },
});
