import type { IncomingMessage } from "node:http";
import { badRequest, RequestError } from "./request-error.ts";

const tooLarge = (bytesMax: number) =>
  new RequestError(413, "body_too_large", `the body is larger than ${bytesMax} bytes`);

export type Hold = Readonly<{
  /** Throws RequestError 429 when so many more bytes do not fit beside what others hold. */
  take(bytes: number): void;
  /** Gives all of them back. */
  release(): void;
}>;

/** Room for the bodies of all requests together: a queue of large ones would be more than a pod's memory. */
export function createRoom(bytesMax: number): { hold(): Hold } {
  let taken = 0;
  return {
    hold() {
      let own = 0;
      return {
        take(bytes) {
          // One alone always fits: its own bound is another's.
          if (taken > own && taken + bytes > bytesMax)
            throw new RequestError(429, "overloaded", `bodies of ${taken} bytes are here already; try again`);
          taken += bytes;
          own += bytes;
        },
        release() {
          taken -= own;
          own = 0;
        },
      };
    },
  };
}

/**
 * The whole body, in an ArrayBuffer of its own, once `hold` has taken its bytes: all of them before the first is read
 * where their number is declared. Throws RequestError 413, 429, or 400 when the caller stops half way.
 */
export async function readBody(request: IncomingMessage, bytesMax: number, hold: Hold): Promise<Uint8Array> {
  const declared = request.headers["content-length"];
  if (declared === undefined) return readChunked(request, bytesMax, hold);
  if (Number(declared) > bytesMax) throw tooLarge(bytesMax);
  hold.take(Number(declared));
  return readSized(request, Number(declared));
}

function readSized(request: IncomingMessage, length: number): Promise<Uint8Array> {
  const body = new Uint8Array(length);
  let offset = 0;
  return collect(
    request,
    (chunk) => {
      body.set(chunk, offset);
      offset += chunk.byteLength;
    },
    () => body,
  );
}

function readChunked(request: IncomingMessage, bytesMax: number, hold: Hold): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  return collect(
    request,
    (chunk) => {
      length += chunk.byteLength;
      if (length > bytesMax) throw tooLarge(bytesMax);
      hold.take(chunk.byteLength);
      chunks.push(chunk);
    },
    () => {
      const body = new Uint8Array(length);
      let offset = 0;
      for (const chunk of chunks) {
        body.set(chunk, offset);
        offset += chunk.byteLength;
      }
      return body;
    },
  );
}

/** Listeners rather than `for await`: it costs a tenth of a small request's time. */
function collect(
  request: IncomingMessage,
  take: (chunk: Buffer) => void,
  finish: () => Uint8Array,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const stopped = () => {
    if (!request.complete) reject(badRequest("the body ended early"));
  };
  request.on("data", (chunk: Buffer) => {
    try {
      take(chunk);
    } catch (error) {
      request.pause();
      reject(error);
    }
  });
  request.on("end", () => resolve(finish()));
  request.on("error", stopped);
  request.on("close", stopped);
  return promise;
}
