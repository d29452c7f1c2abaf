import { z } from "zod";
import { eventViewSchema, podViewSchema, revisionPodsInputSchema, revisionPodsSchema } from "#domain/revision/pods.ts";
import { troubleSchema } from "#domain/shared/views.ts";
import { findEndpoint } from "#server/services/endpoint/find.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findRevisions } from "./view.ts";

const REVISIONS_MAX = 200;
const podsSchema = z.array(podViewSchema);
const eventsSchema = z.array(eventViewSchema);

/** Pods and events as the worker last saw them: web itself may ask a cluster for logs only. */
export const listPods = defineVerb({
  name: "endpoint.pods",
  kind: "query",
  permission: "endpoint:read",
  input: revisionPodsInputSchema,
  output: revisionPodsSchema,
  async run(ctx, { revision, ...ref }) {
    const endpoint = await findEndpoint(ctx.db.read, ref);
    const where = { endpointUid: endpoint.uid, ...(revision === undefined ? {} : { number: revision }) };
    const rows = await findRevisions(ctx.db.read, where, REVISIONS_MAX);
    const items = rows.flatMap(({ number, version, status }) => {
      if (status === null) return [];
      const pods = podsSchema.parse(status.pods);
      if (pods.length === 0 && status.desiredReplicas === 0 && revision === undefined) return [];
      return [
        {
          revision: number,
          model: version.model.name,
          version: String(version.number),
          desiredReplicas: status.desiredReplicas,
          readyReplicas: status.readyReplicas,
          trouble: troubleSchema.nullable().parse(status.trouble),
          pods,
          events: eventsSchema.parse(status.events),
          observedAt: status.observedAt.toISOString(),
        },
      ];
    });
    return { items, observedAt: endpoint.environment.observedAt?.toISOString() ?? null };
  },
});
