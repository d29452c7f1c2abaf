import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { concerns } from "#domain/changes/schema.ts";
import { DomainError } from "#domain/shared/errors.ts";
import { actorOf, type Container, requestIdOf, serviceContext } from "#server/api/context.ts";
import { isUnexpected, toProblem } from "#server/api/errors.ts";
import { uploadBody } from "#server/api/upload-body.ts";
import { type Actor, requirePermission } from "#server/services/context.ts";
import { onceOnly, type RepeatableCall } from "#server/services/idempotency.ts";
import { knownFailure } from "#server/services/known-failure.ts";
import { gatherInput, readBody } from "./input.ts";
import { type Match, matchRoute } from "./match.ts";
import { hashedBody, uploadInput } from "./upload.ts";

const noHash = async () => "";

/** Any request below /api/v1: match, authenticate, refuse or run the verb, answer JSON or a problem. */
export async function handleRest(container: Container, request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  try {
    const match = matchRoute(request.method, new URL(request.url).pathname);
    const actor = await actorOf(container, request);
    // Before the body is read: nobody makes us read a gigabyte that they may not send.
    requirePermission(actor, match.route.verb.permission);
    return await answer(container, request, match, actor, requestId);
  } catch (error) {
    if (isUnexpected(error)) container.log.error({ err: error, requestId, url: request.url }, "request failed");
    const { status, headers, body } = toProblem(error, requestId);
    return json(body, status, { ...headers, "content-type": "application/problem+json", "x-request-id": requestId });
  }
}

async function answer(container: Container, request: Request, match: Match, actor: Actor, requestId: string) {
  const { verb, status = 200, media } = match.route;
  const { input, bodyHash } = await readInput(request, match);
  const call = repeatable(request, actor, status, bodyHash);
  const run = () => {
    const ctx = serviceContext(container, { actor, requestId, signal: request.signal, call });
    return verb.call(ctx, input);
  };
  if (media !== undefined) {
    const content = await run();
    if (!(content instanceof Readable)) return text(String(content), media, requestId);
    if (request.method === "HEAD") {
      // Nobody reads the body of its answer, so nobody would ever close what it comes from.
      content.destroy();
      return text(null, media, requestId);
    }
    void endWhenRefused(container, request, match, actor, content);
    return text(Readable.toWeb(content) as ReadableStream<Uint8Array>, media, requestId);
  }
  if (call === null || verb.kind === "query") return success(await run(), status, requestId);
  const once = await onceOnly({ db: container.services.db, session: container.session }, call, run);
  if ("fresh" in once) return success(once.fresh, status, requestId);
  return success(once.stored.answer, once.stored.status, requestId, { "idempotency-replayed": "true" });
}

async function readInput(request: Request, match: Match) {
  if (match.route.upload) {
    const body = uploadBody(request);
    // Hashed once more, as what was sent, only where a repetition has to be recognised.
    if (!request.headers.has("idempotency-key")) return { input: uploadInput(request, body), bodyHash: noHash };
    const hashed = hashedBody(body);
    return { input: uploadInput(request, hashed.stream), bodyHash: hashed.hash };
  }
  const body = await readBody(request);
  const hash = createHash("sha256").update(body).digest("hex");
  return { input: gatherInput(match, request, body), bodyHash: async () => hash };
}

/** Null without an Idempotency-Key. Throws `invalid` for one that is no key. */
function repeatable(
  request: Request,
  actor: Actor,
  status: number,
  bodyHash: () => Promise<string>,
): RepeatableCall | null {
  const key = request.headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    const message = "this is 1 to 255 printable characters without spaces";
    throw new DomainError("invalid", `Idempotency-Key: ${message}`, { fields: [{ path: "Idempotency-Key", message }] });
  }
  const url = new URL(request.url);
  url.searchParams.sort();
  return { actorId: actor.id, method: request.method, path: url.pathname + url.search, key, bodyHash, status };
}

/** An answer that carries a plan carries its number as ETag, another its generation: to be sent back as If-Match. */
function success(body: unknown, status: number, requestId: string, headers: Record<string, string> = {}): Response {
  const number = versionNumber(body);
  const isDryRun = typeof body === "object" && body !== null && "dryRun" in body;
  const etag: Record<string, string> = number === null ? {} : { etag: `"${number}"` };
  return json(body, isDryRun ? 200 : status, {
    "content-type": "application/json",
    "x-request-id": requestId,
    ...etag,
    ...headers,
  });
}

function versionNumber(body: unknown): number | null {
  if (typeof body !== "object" || body === null) return null;
  if ("entries" in body && "number" in body && typeof body.number === "number") return body.number;
  if ("plan" in body) return versionNumber(body.plan);
  return "generation" in body && typeof body.generation === "number" ? body.generation : null;
}

/** Of a session that ended there is no news. */
const ASK_AGAIN_MS = 60_000;
const RETRY_MS = 1_000;

/** A stream may stay open for hours: it ends when its reader may no longer read it, at once where there is news of that. */
async function endWhenRefused(container: Container, request: Request, match: Match, actor: Actor, stream: Readable) {
  const over = new AbortController();
  stream.once("close", () => over.abort());
  while (!over.signal.aborted) {
    try {
      await askAgain(container, request, match, actor, over.signal);
    } catch (error) {
      const known = knownFailure(error);
      if (known instanceof DomainError && known.code !== "unavailable") stream.destroy();
      // A database that is away refuses nobody, until it is back.
      else await sleep(RETRY_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  }
}

/** Throws what the reader of a stream is refused with, or that nobody knows; until `signal`. */
async function askAgain(container: Container, request: Request, match: Match, actor: Actor, signal: AbortSignal) {
  // Opening it took a while, of which nothing is told.
  let askedAtMs = 0;
  for await (const { news } of container.services.feed.follow(null, signal)) {
    if (Date.now() - askedAtMs < ASK_AGAIN_MS && !concerns(news, actor.id)) continue;
    askedAtMs = Date.now();
    requirePermission(await actorOf(container, request), match.route.verb.permission);
  }
}

/** `no-transform`: what follows a log must not wait for a compressor to fill its buffer. */
function text(body: string | ReadableStream<Uint8Array> | null, media: string, requestId: string): Response {
  const headers = {
    "content-type": `${media}; charset=utf-8`,
    "cache-control": "no-store, no-transform",
    // A log may hold what looks like a page.
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
  };
  return new Response(body, { headers });
}

const json = (body: unknown, status: number, headers: Record<string, string>): Response =>
  new Response(JSON.stringify(body), { status, headers: { "cache-control": "no-store", ...headers } });
