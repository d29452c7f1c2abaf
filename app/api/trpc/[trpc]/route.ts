import { webContainer } from "#server/api/context.ts";
import { handleTrpc } from "#server/api/handle-trpc.ts";

export const dynamic = "force-dynamic";

const handler = (request: Request) => handleTrpc(webContainer(), request);

export { handler as GET, handler as POST };
