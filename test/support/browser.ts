import type { Role } from "#domain/access/schema.ts";
import { serviceContext } from "#server/api/context.ts";
import { signIn } from "#server/api/sign-in.ts";
import type { Container } from "#server/container.ts";
import { createPerson } from "#server/services/person/create.ts";

/** What a browser adds to a request of our own page. */
export const OWN_PAGE = { "sec-fetch-site": "same-origin" };

export const signInRequest = (body: unknown, headers: Record<string, string> = OWN_PAGE) =>
  new Request("http://127.0.0.1/api/auth/sign-in", {
    method: "POST",
    headers: { "content-type": "application/json", host: "127.0.0.1", ...headers },
    body: JSON.stringify(body),
  });

/** `name=value` of the session cookie that an answer sets. */
export function cookieOf(answer: Response): string {
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith("slipway.session_token="));
  if (cookie === undefined) throw new Error(`no session cookie in an answer with status ${answer.status}`);
  return cookie.split(";")[0] ?? "";
}

export async function invite(container: Container, role: Role, email: string) {
  const actor = { kind: "system", id: "test", name: "test", role: "administrator" } as const;
  const ctx = serviceContext(container, { actor, requestId: "test", signal: new AbortController().signal, call: null });
  const { id, password } = await createPerson.call(ctx, { email, name: `a ${role}`, role });
  if (password === null) throw new Error("a new password is shown");
  return { id, email, password };
}

/** A new person of that role and their session cookie. */
export async function signedIn(container: Container, role: Role, email = `${role}@slipway.local`) {
  const person = await invite(container, role, email);
  const answer = await signIn(container, signInRequest({ email, password: person.password, remember: true }));
  return { ...person, cookie: cookieOf(answer) };
}
