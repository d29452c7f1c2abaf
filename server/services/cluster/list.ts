import { z } from "zod";
import { clusterViewSchema } from "#domain/cluster/schema.ts";
import { pageOf } from "#domain/shared/page.ts";
import { defineVerb } from "#server/services/verb.ts";
import { clusterViews, findClusters } from "./view.ts";

/** There are a handful: one page holds them all. */
export const listClusters = defineVerb({
  name: "cluster.list",
  kind: "query",
  permission: "environment:read",
  input: z.strictObject({}),
  output: pageOf(clusterViewSchema),
  async run(ctx) {
    const rows = await findClusters(ctx.db.read);
    return { items: await clusterViews(ctx.db.read, rows, rows), nextCursor: null };
  },
});
