import { requestIdOf } from "#server/api/context.ts";
import { openApiDocument } from "#server/api/rest/openapi.ts";
import { release } from "#server/config/release.ts";

export const dynamic = "force-dynamic";

export const GET = (request: Request) =>
  Response.json(openApiDocument(release), { headers: { "x-request-id": requestIdOf(request) } });
