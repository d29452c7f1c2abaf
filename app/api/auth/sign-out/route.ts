import { webContainer } from "#server/api/context.ts";
import { signOut } from "#server/api/sign-in.ts";

export const dynamic = "force-dynamic";
export const POST = (request: Request) => signOut(webContainer(), request);
