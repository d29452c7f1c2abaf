import { stringify } from "yaml";
import { z } from "zod";
import { alertRules } from "#domain/endpoint/alert-rules.ts";
import { healthTargetsSchema } from "#domain/endpoint/schema.ts";
import { nameSchema } from "#domain/shared/names.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { defineVerb } from "#server/services/verb.ts";

/** A Prometheus rule file with the health targets of all endpoints, or of one, as YAML. */
export const getAlertRules = defineVerb({
  name: "endpoint.alertRules",
  kind: "query",
  permission: "metrics:read",
  input: z.strictObject({ environment: nameSchema.optional(), endpoint: nameSchema.optional() }),
  output: z.string(),
  async run(ctx, { environment, endpoint }) {
    const rows = await ctx.db.read.endpoint.findMany({
      where: {
        deletedAt: null,
        ...(endpoint === undefined ? {} : { name: endpoint }),
        ...(environment === undefined ? {} : { environment: { name: environment } }),
      },
      include: { environment: true },
      orderBy: [{ environment: { name: "asc" } }, { name: "asc" }],
    });
    const rules = alertRules(
      rows.map((row) => ({
        environment: row.environment.name,
        endpoint: row.name,
        targets: healthTargetsSchema.parse(row.healthTargets),
        url: `${ctx.publicUrl}${screenPaths.endpoint(row.environment.name, row.name)}`,
        incidentsUrl: `${ctx.publicUrl}${screenPaths.incidentsOf(row.environment.name, row.name)}`,
      })),
    );
    return stringify(rules, { lineWidth: 0 });
  },
});
