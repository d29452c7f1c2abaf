import { followChangesSchema } from "#domain/changes/schema.ts";
import { requirePermission, type ServiceContext } from "#server/services/context.ts";
import { parseInput } from "#server/services/verb.ts";

/** What changes, as it does, for screens that stay open. Whoever may read the audit log may follow it. */
export function followChanges(ctx: ServiceContext, input: unknown, signal: AbortSignal) {
  requirePermission(ctx.actor, "audit:read");
  const { lastEventId } = parseInput(followChangesSchema, input);
  return ctx.feed.follow(lastEventId ?? null, signal);
}
