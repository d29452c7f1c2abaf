import { createHash } from "node:crypto";
import { DomainError } from "#domain/shared/errors.ts";

/** What `artifact.put` takes, out of a request whose body is the file. Throws `invalid`. */
export function uploadInput(request: Request, body: ReadableStream<Uint8Array>): Record<string, unknown> {
  const length = request.headers.get("content-length");
  const digest = request.headers.get("content-digest");
  return {
    body,
    ...(length === null ? {} : { sizeBytes: Number(length) }),
    ...(digest === null ? {} : { sha256: parseContentDigest(digest) }),
  };
}

/** RFC 9530: a list of `algorithm=:base64:`. Of these only sha-256 is compared; one without it says nothing we check. */
function parseContentDigest(header: string): Uint8Array {
  const found = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/i.exec(header)?.[1];
  if (found !== undefined) return Buffer.from(found, "base64");
  const message = "this is sha-256=:<base64>:, as RFC 9530 says";
  throw new DomainError("invalid", `Content-Digest: ${message}`, { fields: [{ path: "Content-Digest", message }] });
}

/** A body that knows its own hash once it was read; `hash` reads what is left itself. */
export function hashedBody(body: ReadableStream<Uint8Array>) {
  const hash = createHash("sha256");
  const finished = Promise.withResolvers<string>();
  const stream = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        hash.update(chunk);
        controller.enqueue(chunk);
      },
      flush: () => finished.resolve(hash.digest("hex")),
    }),
  );
  return {
    stream,
    hash: async (): Promise<string> => {
      if (!stream.locked) await stream.pipeTo(new WritableStream());
      return finished.promise;
    },
  };
}
