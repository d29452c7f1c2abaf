import { endpointRefSchema, endpointViewSchema } from "#domain/endpoint/schema.ts";
import { findNewestPlans } from "#server/db/plans.ts";
import { requireWriteIn } from "#server/services/context.ts";
import { endIncidents } from "#server/services/incident/end-with-endpoint.ts";
import { decidePlan } from "#server/services/traffic/decide-plan.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findEndpoint, lockEndpoint } from "./find.ts";
import { endpointView } from "./view.ts";

/** Intent only: the worker takes the endpoint out of the routers, waits for them, then removes the workloads. */
export const deleteEndpoint = defineVerb({
  name: "endpoint.delete",
  kind: "mutation",
  permission: "endpoint:write",
  input: endpointRefSchema,
  output: endpointViewSchema,
  run: (ctx, ref) =>
    ctx.write(async (tx) => {
      const row = await lockEndpoint(tx, ref);
      requireWriteIn(ctx.actor, row.environment.kind);
      const [before] = await findNewestPlans(tx, [row.uid]);
      const plan = await decidePlan(tx, row, {
        kind: "delete",
        entries: [],
        salt: row.salt,
        decidedBy: ctx.actor.name,
      });
      await endIncidents(tx, { uid: row.uid }, ctx.webhook);
      const deleted = await findEndpoint(tx, { endpoint: row.name, environment: row.environment.name });
      return {
        answer: await endpointView(tx, deleted),
        audit: {
          action: "endpoint.delete",
          subject: { kind: "endpoint", id: row.uid, name: row.name },
          before: { plan: before?.number ?? null },
          after: { plan: plan.number },
        },
        change: { kind: "endpoint", key: row.uid } as const,
      };
    }),
});
