import { signInSchema } from "#domain/access/people.ts";
import type { Role } from "#domain/access/schema.ts";
import { parseInput } from "#server/services/verb.ts";
import { type Container, requestIdOf } from "./context.ts";
import { isUnexpected, toProblem } from "./errors.ts";
import { parseBody, readBody } from "./rest/input.ts";

/** POST {email, password, remember}: 204 with the session's cookie, or a problem. */
export const signIn = (container: Container, request: Request) =>
  answer(container, request, async (requestId) => {
    const given = parseInput(signInSchema, parseBody(request, await readBody(request)));
    const cookies = await container.sessions.signIn(request, given);
    container.log.info({ email: given.email, requestId }, "signed in");
    return cookies;
  });

/** POST without a body: 204, and the cookie is gone. */
export const signOut = (container: Container, request: Request) =>
  answer(container, request, () => container.sessions.signOut(request));

export type Account = Readonly<{ id: string; name: string; email: string; role: Role }>;

/** Who looks at a page, from its request's headers; null: nobody signed in. */
export async function accountOf({ sessions }: Container, headers: Headers): Promise<Account | null> {
  const found = await sessions.find(headers);
  if (found === null) return null;
  const { actor, email } = found;
  return { id: actor.id, name: actor.name, role: actor.role, email };
}

async function answer(
  { log }: Container,
  request: Request,
  work: (requestId: string) => Promise<string[]>,
): Promise<Response> {
  const requestId = requestIdOf(request);
  const headers = new Headers({ "cache-control": "no-store", "x-request-id": requestId });
  try {
    for (const cookie of await work(requestId)) headers.append("set-cookie", cookie);
    return new Response(null, { status: 204, headers });
  } catch (error) {
    if (isUnexpected(error)) log.error({ err: error, requestId, url: request.url }, "request failed");
    const problem = toProblem(error, requestId);
    headers.set("content-type", "application/problem+json");
    for (const [name, value] of Object.entries(problem.headers)) headers.set(name, value);
    return new Response(JSON.stringify(problem.body), { status: problem.status, headers });
  }
}
