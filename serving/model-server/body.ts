import type { IncomingMessage } from "node:http";
import { badRequest, RequestError } from "./request-error.ts";

const tooLarge = (bytesMax: number) =>
  new RequestError(413, "body_too_large", `the body is larger than ${bytesMax} bytes`);

/** The whole body, in an ArrayBuffer of its own. Throws RequestError 413, or 400 when the caller stops half way. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  const declared = request.headers["content-length"];
  if (declared !== undefined && Number(declared) > bytesMax) throw tooLarge(bytesMax);
  return declared === undefined ? readChunked(request, bytesMax) : readSized(request, Number(declared));
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

function readChunked(request: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  return collect(
    request,
    (chunk) => {
      length += chunk.byteLength;
      if (length > bytesMax) throw tooLarge(bytesMax);
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
