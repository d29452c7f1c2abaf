import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Role } from "#domain/access/schema.ts";
import { serviceContext } from "#server/api/context.ts";
import { handleRest } from "#server/api/rest/handle.ts";
import { loadConfig } from "#server/config/env.ts";
import { buildContainer, type Container } from "#server/container.ts";
import { createToken } from "#server/services/access/create-token.ts";
import { ensureInstallation } from "#server/services/installation/ensure.ts";
import { freshDatabase } from "./postgres.ts";

export type Answer = Readonly<{
  status: number;
  headers: Headers; // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there
  body: any;
}>;
type Options = Readonly<{
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string | Uint8Array | ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
  /** Null: no Authorization header. */
  token?: string | null;
  signal?: AbortSignal;
}>;
export const ADMIN_TOKEN = "test-admin-token-0123456789";

/** The REST surface on a database and folder of its own, without a socket: Request in, Response out. */
export async function startRest(over: Record<string, string> = {}) {
  const database = await freshDatabase();
  const home = await mkdtemp(join(tmpdir(), "slipway-rest-"));
  const container = buildContainer(
    loadConfig({
      DATABASE_URL: database.url,
      SLIPWAY_HOME: home,
      SLIPWAY_SECRET_KEY: "a-secret-key-for-tests-only",
      SLIPWAY_ADMIN_TOKEN: ADMIN_TOKEN,
      SLIPWAY_ADMIN_PASSWORD: "correct horse battery",
      SLIPWAY_LOG_LEVEL: "silent",
      ...over,
    }),
  );
  const { installationId } = await ensureInstallation(container.services.db, container.config);
  return {
    container,
    installationId,
    home,
    databaseUrl: database.url,
    call: (method: string, path: string, options: Options = {}) => call(container, method, path, options),
    tokenFor: (role: Role) => tokenFor(container, role),
    async close() {
      await container.close();
      await rm(home, { recursive: true, force: true });
      await database.drop();
    },
  };
}
export type Rest = Awaited<ReturnType<typeof startRest>>;

async function call(container: Container, method: string, path: string, options: Options): Promise<Answer> {
  const { body, raw, token = ADMIN_TOKEN } = options;
  const headers = new Headers(options.headers);
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  if (body !== undefined) headers.set("content-type", "application/json");
  const request = new Request(`http://127.0.0.1/api/v1${path}`, {
    method,
    headers,
    ...(raw === undefined && body === undefined ? {} : { body: (raw ?? JSON.stringify(body)) as BodyInit }),
    ...(raw instanceof ReadableStream ? { duplex: "half" } : {}),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  } as RequestInit);
  const response = await handleRest(container, request);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  const read = isJson ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body: text === "" ? null : read };
}

async function tokenFor(container: Container, role: Role): Promise<string> {
  const actor = { kind: "system", id: "test", name: "test", role: "administrator" } as const;
  const ctx = serviceContext(container, { actor, requestId: "test", signal: new AbortController().signal, call: null });
  const { token } = await createToken.call(ctx, { name: `a ${role}`, role });
  if (token === null) throw new Error("a new token is shown");
  return token;
}
