import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers of the router itself, as opposed to a pod's. */
export const REFUSAL = {
  unknown_endpoint: 404,
  not_found: 404,
  request_timeout: 408,
  revision_not_in_plan: 409,
  body_too_large: 413,
  unknown_transfer_coding: 501,
  pod_failed: 502,
  no_ready_pods: 503,
  deadline_exceeded: 504,
} as const;
export type RefusalCode = keyof typeof REFUSAL;

const RETRY_AFTER_SECONDS = "1";
/** How long a client may go on sending after its answer: closing at once would reset the connection under the answer. */
const LINGER_MS = 5_000;

/** `headers` is flat: name, value, …; x-request-id among them. Does nothing once an answer has begun. */
export function refuse(res: ServerResponse, code: RefusalCode, error: string, headers: readonly string[]): void {
  if (res.headersSent || res.destroyed) return;
  const body = JSON.stringify({ error, code });
  const own = ["content-type", "application/json", "content-length", String(Buffer.byteLength(body))];
  if (code === "no_ready_pods") own.push("retry-after", RETRY_AFTER_SECONDS);
  res.writeHead(REFUSAL[code], [...own, ...headers]);
  res.end(body);
  discardRest(res.req);
}

/** Reads what an answered client still sends, so that it gets to its answer and its connection to the next request. */
export function discardRest(req: IncomingMessage): void {
  if (req.complete) return;
  req.resume();
  const { socket } = req;
  const linger = setTimeout(() => !req.complete && socket.destroy(), LINGER_MS);
  req.once("close", () => clearTimeout(linger));
}
