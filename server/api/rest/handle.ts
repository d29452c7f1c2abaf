import { createHash } from "node:crypto";
import { Readable } from "node:stream";
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
    if (content instanceof Readable) void endWhenRefused(container, request, match, actor, content);
    return text(content, media, requestId);
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

/** A stream may stay open for hours: it ends at once when its reader may no longer read it. */
async function endWhenRefused(container: Container, request: Request, match: Match, actor: Actor, stream: Readable) {
  const over = new AbortController();
  stream.once("close", () => over.abort());
  try {
    let isFirst = true;
    for await (const { news } of container.services.feed.follow(null, over.signal)) {
      // Opening it took a while, of which nothing is told.
      if (isFirst || concerns(news, actor.id))
        requirePermission(await actorOf(container, request), match.route.verb.permission);
      isFirst = false;
    }
  } catch (error) {
    const known = knownFailure(error);
    // A database that is away refuses nobody.
    if (known instanceof DomainError && known.code !== "unavailable") stream.destroy();
  }
}

/** `no-transform`: what follows a log must not wait for a compressor to fill its buffer. */
function text(body: unknown, media: string, requestId: string): Response {
  const headers = {
    "content-type": `${media}; charset=utf-8`,
    "cache-control": "no-store, no-transform",
    // A log may hold what looks like a page.
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
  };
  const content = body instanceof Readable ? (Readable.toWeb(body) as ReadableStream<Uint8Array>) : String(body);
  return new Response(content, { headers });
}

const json = (body: unknown, status: number, headers: Record<string, string>): Response =>
  new Response(JSON.stringify(body), { status, headers: { "cache-control": "no-store", ...headers } });
