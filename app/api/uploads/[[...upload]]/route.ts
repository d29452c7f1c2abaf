import { webContainer } from "#server/api/context.ts";
import { handleUpload } from "#server/api/resumable-upload.ts";

export const dynamic = "force-dynamic";

const handler = (request: Request) => handleUpload(webContainer(), request);

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST };
