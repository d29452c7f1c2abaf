import { webContainer } from "#server/api/context.ts";
import { handleRest } from "#server/api/rest/handle.ts";

export const dynamic = "force-dynamic";

const handler = (request: Request) => handleRest(webContainer(), request);

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
