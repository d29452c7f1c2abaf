import { openApiDocument } from "#server/api/rest/openapi.ts";
import { release } from "#server/config/release.ts";

export const dynamic = "force-dynamic";

export const GET = () => Response.json(openApiDocument(release));
