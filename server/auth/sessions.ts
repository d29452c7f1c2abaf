import { hkdfSync } from "node:crypto";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { APIError } from "better-auth/api";
import { PASSWORD_LENGTH_MAX } from "#domain/access/password-length.ts";
import { roleSchema } from "#domain/access/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import type { Database } from "#server/db/client.ts";
import type { Log } from "#server/observability/log.ts";
import type { Actor } from "#server/services/context.ts";
import { countAttempt, forgiveAttempts } from "./attempts.ts";
import { networkOf } from "./network.ts";
import { hashPassword, isPassword } from "./password.ts";
import { requireSameOrigin } from "./same-origin.ts";

const REMEMBERED_SECONDS = 30 * 24 * 3_600;

type SignIn = Readonly<{ email: string; password: string; remember: boolean }>;
export type SignedIn = Readonly<{ actor: Actor; email: string }>;

export type Sessions = Readonly<{
  /** Answers the `Set-Cookie` values. Throws `too_many_attempts`, `forbidden` or `unauthenticated`. */
  signIn(request: Request, given: SignIn): Promise<string[]>;
  /** Ends this session, if there is one. Throws `forbidden` for another site's page. */
  signOut(request: Request): Promise<string[]>;
  /**
   * Who the session cookie speaks for now: the row is asked each time, so what was ended is over at once.
   * Throws `unavailable`: nobody is signed out because the database is away.
   */
  find(headers: Headers): Promise<SignedIn | null>;
}>;

/**
 * Sessions of people, by better-auth. Its own HTTP surface stays shut: accounts, roles and passwords change through
 * audited verbs only.
 */
export function openSessions(db: Database, secretKey: string, log: Log): Sessions {
  const auth = betterAuth(options(db, secretKey, log));
  return {
    async signIn(request, { email, password, remember }) {
      requireSameOrigin(request);
      const attempt = { email, network: networkOf(addressOf(request.headers)) };
      await countAttempt(db, attempt);
      const body = { email, password, rememberMe: remember };
      const answer = await auth.api.signInEmail({ body, headers: request.headers, returnHeaders: true }).catch(refused);
      await forgiveAttempts(db, attempt);
      return cookiesOf(answer.headers, request);
    },
    async signOut(request) {
      requireSameOrigin(request);
      const { headers } = await auth.api.signOut({ headers: request.headers, returnHeaders: true });
      return cookiesOf(headers, request);
    },
    async find(headers) {
      if (!headers.has("cookie")) return null;
      const found = await auth.api.getSession({ headers }).catch(refused);
      if (found === null || found.user.disabledAt != null) return null;
      const { id, name, email } = found.user;
      return { actor: { kind: "user", id, name, role: roleSchema.parse(found.user.role) }, email };
    },
  };
}

const options = (db: Database, secretKey: string, log: Log) =>
  ({
    // Only names the cookie's issuer; requests are judged by their own headers.
    baseURL: "http://slipway.invalid",
    basePath: "/api/auth",
    secret: Buffer.from(hkdfSync("sha256", secretKey, "", "slipway sessions", 32)).toString("base64url"),
    database: prismaAdapter(db.read, { provider: "postgresql" }),
    telemetry: { enabled: false },
    logger: { level: "error", log: (_level, message) => log.error({ auth: message }, "session failed") },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
      password: { hash: hashPassword, verify: ({ password, hash }) => isPassword(password, hash) },
    },
    user: {
      additionalFields: {
        role: { type: "string", required: true, input: false },
        disabledAt: { type: "date", required: false, input: false },
      },
    },
    session: { expiresIn: REMEMBERED_SECONDS, disableSessionRefresh: true, cookieCache: { enabled: false } },
    advanced: { cookiePrefix: "slipway", useSecureCookies: false, database: { generateId: "uuid" } },
    databaseHooks: { session: { create: { before: ({ userId }) => refuseDisabled(db, userId) } } },
  }) satisfies BetterAuthOptions;

/** Asked after the password was right, so it tells nobody else who there is. */
async function refuseDisabled(db: Database, userId: string): Promise<void> {
  const user = await db.read.user.findUnique({ where: { id: userId } });
  if (user === null || user.disabledAt !== null) throw new APIError("FORBIDDEN");
}

function refused(error: unknown): never {
  if (!(error instanceof APIError)) throw error;
  if (error.statusCode === 403)
    throw new DomainError("forbidden", "Your account is disabled. An administrator can enable it again.");
  if (error.statusCode === 401 || error.statusCode === 400)
    throw new DomainError("unauthenticated", "This e-mail address and password do not go together.");
  // It asks nothing but the database, and hides why that failed.
  throw new DomainError("unavailable", "The database does not answer.", { cause: error });
}

/** What a proxy in front of us added last, or who is connected: see server/api/caller-address.ts. Before it stands what the caller may have made up. */
const addressOf = (headers: Headers) => headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown";

/** Whether TLS ends here or before us, only the request knows. */
function cookiesOf(headers: Headers, request: Request): string[] {
  const scheme = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim() ?? new URL(request.url).protocol;
  const secure = /^https:?$/.test(scheme) ? "; Secure" : "";
  return headers.getSetCookie().map((cookie) => cookie + secure);
}
