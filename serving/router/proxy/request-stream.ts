import type { IncomingMessage } from "node:http";
import type { PodConnection } from "../upstream/pod-connection.ts";

type Stream = {
  req: IncomingMessage;
  connection: PodConnection;
  /** What was read before it turned out too much to hold. */
  prefix: Buffer | undefined;
  chunked: boolean;
  maxBytes: number;
  onTooLarge: () => void;
};

/**
 * Passes a body on as fast as the pod takes it. The connection's `onDrain` must resume the request. The answer ends it
 * early, for a pod that takes no more.
 */
export function streamRequestBody({ req, connection, prefix, chunked, maxBytes, onTooLarge }: Stream): () => void {
  let passed = 0;
  const stop = () => {
    req.off("data", pass);
    req.off("end", end);
  };
  const pass = (chunk: Buffer) => {
    passed += chunk.length;
    if (passed > maxBytes) {
      stop();
      onTooLarge();
      return;
    }
    if (chunked) connection.writeBody(`${chunk.length.toString(16)}\r\n`);
    const open = connection.writeBody(chunk);
    if (chunked) connection.writeBody("\r\n");
    if (!open) req.pause();
  };
  const end = () => {
    stop();
    if (chunked) connection.writeBody("0\r\n\r\n");
    connection.endBody();
  };
  req.on("data", pass);
  req.on("end", end);
  if (prefix !== undefined && prefix.length > 0) pass(prefix);
  if (passed <= maxBytes) req.resume();
  return stop;
}
