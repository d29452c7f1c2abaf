import { randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";

const REQUEST_START = "http.server.request.start";
/** Node cuts whatever has not arrived after five minutes. An upload's sender that falls silent is given up by who reads. */
const UPLOAD_MS_MAX = 24 * 3_600_000;
const OTHER_MS_MAX = 300_000;
const UPLOADS = /^\/api\/(v1\/artifacts|uploads)(\/|\?|$)/;
const HEADER = "x-slipway-upload";

// Next bundles routes apart; this lets all of them see the same ones.
const shared = globalThis as { slipwayUploads?: Map<string, IncomingMessage> };
shared.slipwayUploads ??= new Map();
const uploads = shared.slipwayUploads;

type Begun = { request: IncomingMessage; response: ServerResponse; server: Server };

/**
 * From now on the body of each PUT to this process can be had as it comes from its connection: the one that Next gives
 * was copied on the way, at as much processor time as hashing and writing it takes. What it answers undoes it.
 */
export function keepUploads({ otherMsMax = OTHER_MS_MAX } = {}): () => void {
  const keep = (message: unknown) => {
    const { request, response, server } = message as Begun;
    server.requestTimeout = UPLOAD_MS_MAX;
    if (!UPLOADS.test(request.url ?? "")) {
      const late = setTimeout(() => request.complete || request.destroy(), otherMsMax).unref();
      response.once("close", () => clearTimeout(late));
    }
    // Nobody names another's.
    delete request.headers[HEADER];
    if (request.method !== "PUT") return;
    const id = randomUUID();
    request.headers[HEADER] = id;
    uploads.set(id, request);
    response.once("close", () => uploads.delete(id));
  };
  subscribe(REQUEST_START, keep);
  return () => void unsubscribe(REQUEST_START, keep);
}

/** To be read once, here or from `request.body`, not both. Empty where nothing was sent. */
export function uploadBody(request: Request): ReadableStream<Uint8Array> {
  const incoming = uploads.get(request.headers.get(HEADER) ?? "");
  const body = incoming === undefined ? request.body : streamOf(incoming);
  return (body as ReadableStream<Uint8Array> | null) ?? new Blob([]).stream();
}

/** Node's own conversion copies each chunk. Who stops reading leaves the rest unread, so that the sender gets the answer. */
function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isRead = true;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        incoming.pause();
        incoming.on("data", (chunk: Buffer<ArrayBuffer>) => {
          if (!isRead) return;
          incoming.pause();
          controller.enqueue(chunk);
        });
        incoming.once("end", () => isRead && controller.close());
        incoming.once("error", (error) => controller.error(error));
      },
      pull: () => void incoming.resume(),
      cancel: () => {
        isRead = false;
        incoming.resume();
      },
    },
    { highWaterMark: 0 },
  );
}
