import { concerns, followChangesSchema } from "#domain/changes/schema.ts";
import { requirePermission, type ServiceContext } from "#server/services/context.ts";
import { parseInput } from "#server/services/verb.ts";

/**
 * What changes, as it does, for screens that stay open. Whoever may read the audit log may follow it; `service` finds
 * again who that is once something of theirs has changed, so that nothing more is told to somebody who was disabled.
 */
export async function* followChanges(service: () => Promise<ServiceContext>, input: unknown, signal: AbortSignal) {
  const permitted = async () => {
    const ctx = await service();
    requirePermission(ctx.actor, "audit:read");
    return ctx;
  };
  const { actor, feed } = await permitted();
  const { lastEventId } = parseInput(followChangesSchema, input);
  let isFirst = true;
  for await (const next of feed.follow(lastEventId ?? null, signal)) {
    // The first tells nothing of what happened just before it.
    if (isFirst || concerns(next.news, actor.id)) await permitted();
    isFirst = false;
    yield next;
  }
}
