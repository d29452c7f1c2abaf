import { z } from "zod";
import { clusterViewSchema } from "#domain/environment/schema.ts";
import { pageOf } from "#domain/shared/page.ts";
import { defineVerb } from "#server/services/verb.ts";

/** There are a handful: one page holds them all. */
export const listClusters = defineVerb({
  name: "cluster.list",
  kind: "query",
  permission: "environment:read",
  input: z.strictObject({}),
  output: pageOf(clusterViewSchema),
  async run(ctx) {
    const rows = await ctx.db.read.cluster.findMany({ include: { environments: true }, orderBy: { name: "asc" } });
    const items = rows.map(({ id, name, source, environments, createdAt }) => ({
      id,
      name,
      source,
      environments: environments.map((environment) => environment.name).sort(),
      createdAt: createdAt.toISOString(),
    }));
    return { items, nextCursor: null };
  },
});
