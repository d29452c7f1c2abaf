import { randomUUID } from "node:crypto";
import { authenticate } from "#server/auth/bearer.ts";
import { type Container, container } from "#server/container.ts";
import type { Actor, ServiceContext } from "#server/services/context.ts";
import type { RepeatableCall } from "#server/services/idempotency.ts";
import { writeAs } from "#server/services/write.ts";

export type { Container };
export const webContainer = container;

/** The caller's id for a request where it is harmless in logs and headers, else one of ours. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id");
  return given !== null && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Throws `unauthenticated`. */
export const actorOf = ({ services, config }: Container, request: Request): Promise<Actor> =>
  authenticate(services.db, config.admin.token, request.headers.get("authorization"));

export const serviceContext = (
  { services }: Container,
  caller: { actor: Actor; requestId: string; signal: AbortSignal; call: RepeatableCall | null },
): ServiceContext => ({
  ...services,
  actor: caller.actor,
  requestId: caller.requestId,
  signal: caller.signal,
  log: services.log.child({ requestId: caller.requestId }),
  write: writeAs(services.db, caller.actor, caller.requestId, caller.call),
});
