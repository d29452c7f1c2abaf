import { Agent, fetch } from "undici";

/** One answer of the REST API; `body` is the JSON that came. */
export type Answer = Readonly<{ status: number; body: unknown }>;
export type Api = Readonly<{
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Ends the session, if this has one. */
  close(): Promise<void>;
}>;

export type Credentials = Readonly<{ token: string } | { email: string; password: string }>;

const TIMEOUT_MS = 60_000;
// Training keeps this process busy for longer than web keeps an idle connection: none is used twice.
const dispatcher = new Agent({ pipelining: 0 });

/**
 * The REST API as any user has it: by a bearer token, or signed in by address and password. Throws an Error with what
 * web said when these are not good.
 */
export async function connect(webUrl: string, credentials: Credentials): Promise<Api> {
  const identity =
    "token" in credentials ? { authorization: `Bearer ${credentials.token}` } : await signIn(webUrl, credentials);
  return {
    async call(method, path, body, headers = {}) {
      const isFile = body instanceof Uint8Array;
      const response = await fetch(`${webUrl}/api/v1${path}`, {
        method,
        headers: {
          ...identity,
          ...(body === undefined ? {} : { "content-type": isFile ? "application/octet-stream" : "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isFile ? Buffer.from(body) : JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        dispatcher,
      });
      const text = await response.text();
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
    },
    async close() {
      if (!("cookie" in identity)) return;
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      await fetch(`${webUrl}/api/auth/sign-out`, { method: "POST", headers: identity, signal, dispatcher });
    },
  };
}

async function signIn(webUrl: string, given: { email: string; password: string }) {
  // A write by cookie must say that it comes from Slipway's own pages.
  const origin = { origin: webUrl };
  const response = await fetch(`${webUrl}/api/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", ...origin },
    body: JSON.stringify({ ...given, remember: false }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    dispatcher,
  });
  if (!response.ok)
    throw new Error(
      `Signing in as ${given.email} was refused: ${refusalIn(await response.text())} ` +
        "Set SLIPWAY_ADMIN_EMAIL and SLIPWAY_ADMIN_PASSWORD, or SLIPWAY_ADMIN_TOKEN, as they are now.",
    );
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  return { cookie, ...origin };
}

/** The sentence in a problem+json answer. */
export function refusalIn(text: string): string {
  try {
    const { detail, title } = JSON.parse(text) as { detail?: string; title?: string };
    return detail ?? title ?? text.slice(0, 200);
  } catch {
    return text.slice(0, 200);
  }
}
