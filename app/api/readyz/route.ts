import { webContainer } from "#server/api/context.ts";
import { ready } from "#server/api/health.ts";

export const dynamic = "force-dynamic";
export const GET = (request: Request) => ready(webContainer(), request);
