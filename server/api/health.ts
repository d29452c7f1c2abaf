import { whyNotReady } from "#server/services/installation/ready.ts";
import type { Container } from "./context.ts";

/** This process runs; it says nothing of what it depends on. */
export const live = (): Response => Response.json({ status: "ok" });

/** 200 when the database answers with every migration we know, else 503 and why. */
export async function ready({ services, config }: Container): Promise<Response> {
  const why = await whyNotReady(services.db, config.migrationsDir);
  return why === null
    ? Response.json({ status: "ready" })
    : Response.json({ status: "not ready", why }, { status: 503 });
}
