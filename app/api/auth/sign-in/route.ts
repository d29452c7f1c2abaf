import { webContainer } from "#server/api/context.ts";
import { signIn } from "#server/api/sign-in.ts";

export const dynamic = "force-dynamic";
export const POST = (request: Request) => signIn(webContainer(), request);
