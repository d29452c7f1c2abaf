import type { IncomingMessage } from "node:http";

/** Bodies up to this size are held, to be sent again or copied; larger ones pass through once. */
export const HELD_BODY_BYTES_MAX = 1024 * 1024;
/** All bodies held at a time. Beyond it even small ones pass through: slower to recover, never out of memory. */
export const HELD_BYTES_MAX = 128 * 1024 * 1024;

/** A number of bytes that many requests share. */
export class ByteBudget {
  private left: number;
  constructor(bytes: number) {
    this.left = bytes;
  }
  take(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.left -= bytes;
    return true;
  }
  give(bytes: number): void {
    this.left += bytes;
  }
}

export type CollectedBody =
  | { kind: "whole"; body: Buffer | undefined; heldBytes: number }
  /** More follows on the request, which is paused; `prefix` is what has been read of it. */
  | { kind: "stream"; prefix: Buffer | undefined; heldBytes: number }
  | { kind: "too_large"; heldBytes: number };

/**
 * Reads a body of declared length (-1: chunked) until it is whole, too large to be held or larger than `maxBytes`. Calls
 * back once, at once when there is no body. The answer cancels: nothing is held any more and no call comes.
 */
export function collectBody(
  req: IncomingMessage,
  lengthBytes: number,
  maxBytes: number,
  budget: ByteBudget,
  done: (body: CollectedBody) => void,
): () => void {
  if (lengthBytes === 0) {
    done({ kind: "whole", body: undefined, heldBytes: 0 });
    return () => {};
  }
  if (lengthBytes > HELD_BODY_BYTES_MAX || (lengthBytes > 0 && !budget.take(lengthBytes))) {
    done({ kind: "stream", prefix: undefined, heldBytes: 0 });
    return () => {};
  }
  const chunks: Buffer[] = [];
  let received = 0;
  let heldBytes = Math.max(lengthBytes, 0);
  const stop = () => {
    req.off("data", onData);
    req.off("end", onEnd);
  };
  const whole = () => {
    stop();
    done({ kind: "whole", body: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks), heldBytes });
  };
  const onData = (chunk: Buffer) => {
    chunks.push(chunk);
    received += chunk.length;
    // A body of known length is whole with its last byte: "end" comes a tick later.
    if (received === lengthBytes) whole();
    if (lengthBytes >= 0) return;
    if (received > maxBytes) {
      stop();
      done({ kind: "too_large", heldBytes });
    } else if (received > HELD_BODY_BYTES_MAX || !budget.take(chunk.length)) {
      stop();
      req.pause();
      done({ kind: "stream", prefix: Buffer.concat(chunks), heldBytes });
    } else heldBytes += chunk.length;
  };
  const onEnd = () => whole();
  req.on("data", onData);
  req.on("end", onEnd);
  return () => {
    stop();
    budget.give(heldBytes);
  };
}
