import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type ArtifactStore, DigestMismatch, StorageFull } from "./store.ts";

type Tokens = Readonly<{ readToken: string; writeToken: string }>;
type Exchange = { request: IncomingMessage; response: ServerResponse; store: ArtifactStore };

const ARTIFACT = /^\/sha256\/([0-9a-f]{64})$/;
/** A peer that sends or takes nothing for so long is gone. */
const IDLE_MS = 30_000;
const UPLOAD_MS = 3_600_000;

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** `GET|HEAD|PUT /sha256/<hex>`, `/health/live`, `/health/ready`. `onError` hears of failures that are ours. */
export function createSurface(store: ArtifactStore, tokens: Tokens, onError: (error: unknown) => void) {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: UPLOAD_MS, keepAliveTimeout: 30_000 });
  server.setTimeout(IDLE_MS);
  const exchange = (request: IncomingMessage, response: ServerResponse, onBegin: () => void) => {
    handle({ request, response, store }, tokens, onBegin).catch((error: unknown) => {
      const refusal = refusalOf(error);
      if (refusal.status === 500) onError(error);
      refuse(request, response, refusal);
    });
  };
  server.on("request", (request, response) => exchange(request, response, () => {}));
  // A refused upload is refused before its body travels.
  server.on("checkContinue", (request, response) => exchange(request, response, () => response.writeContinue()));
  return server;
}

async function handle(exchange: Exchange, tokens: Tokens, onBegin: () => void): Promise<void> {
  const { request, response, store } = exchange;
  const target = request.url ?? "/";
  if (target === "/health/live" || target === "/health/ready") return json(response, 200, { ok: true });
  const hex = ARTIFACT.exec(target)?.[1];
  if (hex === undefined) throw new Refusal(404, "not_found", "artifacts are at /sha256/<64 hexadecimal digits>");
  switch (request.method) {
    case "PUT": {
      authorize(request, [tokens.writeToken]);
      onBegin();
      const declared = request.headers["content-length"];
      const sizeBytes = await store.write(hex, request, declared === undefined ? undefined : Number(declared));
      return json(response, 201, { digest: `sha256:${hex}`, sizeBytes });
    }
    case "GET":
    case "HEAD":
      authorize(request, [tokens.readToken, tokens.writeToken]);
      return deliver(exchange, hex);
    default:
      response.setHeader("Allow", "GET, HEAD, PUT");
      throw new Refusal(405, "method_not_allowed", "use GET, HEAD or PUT");
  }
}

/** Hashes of the same length, so that the time taken tells nothing about a token. */
function authorize(request: IncomingMessage, tokens: readonly string[]): void {
  const hashOf = (text: string) => createHash("sha256").update(text).digest();
  const given = hashOf(/^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "");
  const matches = tokens.filter((token) => timingSafeEqual(hashOf(token), given));
  if (matches.length === 0) throw new Refusal(401, "unauthenticated", "this needs a bearer token with that right");
}

async function deliver({ request, response, store }: Exchange, hex: string): Promise<void> {
  const size = await store.size(hex);
  if (size === undefined) throw new Refusal(404, "not_found", `sha256:${hex} is not here`);
  const range = rangeOf(request.headers.range, size);
  response.setHeader("Content-Type", "application/octet-stream");
  response.setHeader("Accept-Ranges", "bytes");
  response.setHeader("ETag", `"sha256:${hex}"`);
  if (range === "unsatisfiable") {
    response.setHeader("Content-Range", `bytes */${size}`);
    throw new Refusal(416, "range_not_satisfiable", `the artifact has ${size} bytes`);
  }
  if (range !== undefined) response.setHeader("Content-Range", `bytes ${range.start}-${range.end}/${size}`);
  const { start, end } = range ?? { start: 0, end: size - 1 };
  response.writeHead(range === undefined ? 200 : 206, { "Content-Length": end - start + 1 });
  if (request.method === "HEAD" || size === 0) return void response.end();
  const handle = await store.read(hex);
  await pipeline(handle.createReadStream({ start, end, highWaterMark: 1 << 20 }), response);
}

/** One range of bytes, both ends included; undefined means all of it, as for forms we do not know. */
function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? "unsatisfiable" : { start, end };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DigestMismatch) return new Refusal(422, "digest_mismatch", error.message);
  if (error instanceof StorageFull) return new Refusal(507, "storage_full", "the artifact volume is full");
  return new Refusal(500, "internal", "the artifact store failed");
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, code, message }: Refusal): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  // The rest of an unread body must not be taken for the next request.
  if (!request.complete) response.setHeader("Connection", "close");
  json(response, status, { error: message, code });
}

function json(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": body.byteLength });
  response.end(body);
}
