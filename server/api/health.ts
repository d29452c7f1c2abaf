import { whyNotReady, whyNotSetUp } from "#server/services/installation/ready.ts";
import { type Container, requestIdOf } from "./context.ts";

/** This process runs; it says nothing of what it depends on. */
export const live = (request: Request): Response => answer(request, 200, { status: "ok" });

/** 200 when the database answers with every migration we know and what an installation begins with, else 503 and why. */
export async function ready({ services, config }: Container, request: Request): Promise<Response> {
  const why = (await whyNotReady(services.db, config.migrationsDir)) ?? (await whyNotSetUp(services.db));
  return why === null ? answer(request, 200, { status: "ready" }) : answer(request, 503, { status: "not ready", why });
}

const answer = (request: Request, status: number, body: unknown): Response =>
  Response.json(body, { status, headers: { "x-request-id": requestIdOf(request), "cache-control": "no-store" } });
