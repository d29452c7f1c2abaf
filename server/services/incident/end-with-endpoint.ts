import type { Tx } from "#server/db/client.ts";
import { tellWebhook } from "#server/db/reconcile/webhook-deliveries.ts";

type Gone = { uid: string } | { environment: { clusterId: string } };

/** An endpoint that goes has no targets to miss: its open incident ends with it, and whoever was told of it is told. */
export async function endIncidents(tx: Tx, endpoint: Gone, webhook: boolean): Promise<void> {
  const open = await tx.incident.findMany({ where: { resolvedAt: null, endpoint }, select: { id: true } });
  for (const { id } of open) {
    const ended = await tx.$executeRaw`
      UPDATE "Incident" SET "resolvedAt" = clock_timestamp(), "resolvedBy" = 'Slipway'
      WHERE id = ${id}::uuid AND "resolvedAt" IS NULL`;
    if (ended > 0) await tellWebhook(tx, id, "incident.resolved", webhook);
  }
}
