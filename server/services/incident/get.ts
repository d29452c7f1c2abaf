import { z } from "zod";
import { incidentDetailSchema, incidentRefSchema } from "#domain/incident/schema.ts";
import { momentSchema } from "#domain/shared/views.ts";
import type { Tx } from "#server/db/client.ts";
import { findPlansBetween } from "#server/db/plans.ts";
import { planViews } from "#server/services/traffic/plan-view.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findIncident, incidentView } from "./view.ts";

const BEFORE_MS = 3_600_000;
const PLANS_MAX = 50;
const silenceSchema = z.object({ silencedUntil: momentSchema.nullable() }).catch({ silencedUntil: null });
const ACTS_MAX = 200;

export const getIncident = defineVerb({
  name: "incident.get",
  kind: "query",
  permission: "endpoint:read",
  input: incidentRefSchema,
  output: incidentDetailSchema,
  async run(ctx, { incident: id }) {
    const tx = ctx.db.read;
    const row = await findIncident(tx, id);
    const from = new Date(row.since.getTime() - BEFORE_MS);
    const { endpointUid, resolvedAt, revision } = row;
    const plans = await findPlansBetween(tx, endpointUid, PLANS_MAX, from, resolvedAt);
    const acts = await findActs(tx, { id, endpointUid, from, to: resolvedAt });
    const messages = await tx.webhookDelivery.findMany({ where: { incidentId: id }, orderBy: { createdAt: "asc" } });
    return {
      ...(await incidentView(tx, row)),
      version: revision === null ? null : await versionOf(tx, endpointUid, revision),
      plans: await planViews(tx, plans),
      acts: acts.map(({ action, actorName, at, reason, after }) => ({
        action,
        by: actorName,
        at: at.toISOString(),
        reason,
        silencedUntil: silenceSchema.parse(after).silencedUntil,
      })),
      messages: messages.map(({ event, createdAt, deliveredAt, attempts, lastError }) => ({
        event,
        at: createdAt.toISOString(),
        deliveredAt: deliveredAt?.toISOString() ?? null,
        attempts,
        lastError,
      })),
    };
  },
});

const findActs = (tx: Tx, about: Readonly<{ id: string; endpointUid: string; from: Date; to: Date | null }>) =>
  tx.audit.findMany({
    where: {
      OR: [
        { subjectKind: "incident", subjectId: about.id },
        {
          subjectKind: "endpoint",
          subjectId: about.endpointUid,
          action: "endpoint.setHealthTargets",
          at: { gte: about.from, ...(about.to === null ? {} : { lte: about.to }) },
        },
      ],
    },
    orderBy: { id: "asc" },
    take: ACTS_MAX,
  });

async function versionOf(tx: Tx, endpointUid: string, number: number): Promise<string | null> {
  const where = { endpointUid_number: { endpointUid, number } };
  const revision = await tx.revision.findUnique({ where, include: { version: true } });
  return revision === null ? null : String(revision.version.number);
}
