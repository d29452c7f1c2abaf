import { screenPaths } from "#domain/shared/screen-paths.ts";
import type { Database } from "#server/db/client.ts";
import { type DueDelivery, dueDeliveries, recordAttempt } from "#server/db/reconcile/webhook-deliveries.ts";
import type { Log } from "#server/observability/log.ts";
import type { Webhook } from "#server/ports/webhook.ts";

/** Ten attempts over about two hours: who was away for a night learns of it from the next incident. */
const ATTEMPTS_MAX = 10;
const BACKOFF_SECONDS = 15;

export type DeliveryJob = Readonly<{ db: Database; log: Log; webhook: Webhook; publicUrl: string }>;

/** Sends what is due. Each message is tried on its own; one that fails comes again later. After `signal` no other begins. */
export async function deliverDue({ db, log, webhook, publicUrl }: DeliveryJob, signal: AbortSignal): Promise<void> {
  for (const due of await dueDeliveries(db)) {
    if (signal.aborted) return;
    const failure = await webhook.send({ id: due.id, event: due.event, body: bodyOf(due, publicUrl) }).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (failure !== null) log.warn({ event: due.event, attempt: due.attempts + 1, failure }, "webhook not delivered");
    await recordAttempt(db, due.id, {
      error: failure,
      againInSeconds: failure === null ? null : backoffOf(due.attempts),
    });
  }
}

/** Seconds to the next attempt after this many failed ones before; null: that was the last. */
export const backoffOf = (attemptsBefore: number): number | null =>
  attemptsBefore + 1 >= ATTEMPTS_MAX ? null : BACKOFF_SECONDS * 2 ** attemptsBefore;

const bodyOf = (due: DueDelivery, publicUrl: string) => ({
  incident: {
    id: due.incidentId,
    environment: due.environment,
    endpoint: due.endpoint,
    severity: due.severity,
    cause: due.cause,
    revision: due.revision,
    afterChange: due.afterPlan,
    since: due.since.toISOString(),
    openedAt: due.openedAt.toISOString(),
    acknowledgedBy: due.acknowledgedBy,
    resolvedAt: due.resolvedAt?.toISOString() ?? null,
    resolvedBy: due.resolvedBy,
  },
  url: `${publicUrl}${screenPaths.incident(due.incidentId)}`,
});
