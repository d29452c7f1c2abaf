import { randomUUID } from "node:crypto";
import { DomainError } from "#domain/shared/errors.ts";
import { authenticate } from "#server/auth/bearer.ts";
import { requireSameOrigin } from "#server/auth/same-origin.ts";
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

/**
 * Whoever sends a bearer token, else whose session the cookie is: one decision for REST, tRPC, streams and uploads.
 * Throws `unauthenticated`, or `forbidden` for a write by cookie from another site's page.
 */
export async function actorOf({ services, sessions, config }: Container, request: Request): Promise<Actor> {
  const authorization = request.headers.get("authorization");
  // Another scheme is the business of a proxy in front of us.
  if (authorization !== null && /^bearer\b/i.test(authorization))
    return authenticate(services.db, config.admin.token, authorization);
  const found = await sessions.find(request.headers);
  if (found === null) throw new DomainError("unauthenticated", "This needs a bearer token, or that you sign in.");
  requireSameOrigin(request);
  return found.actor;
}

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
