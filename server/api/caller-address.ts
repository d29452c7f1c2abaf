import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

const REQUEST_START = "http.server.request.start";

/**
 * From now on X-Forwarded-For of each request to this process is the address that it came from, whatever its sender had
 * written there. Only without a proxy in front: with one that is everybody's. What it answers undoes it.
 */
export function believeConnections(): () => void {
  const believe = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    request.headers["x-forwarded-for"] = request.socket.remoteAddress ?? "unknown";
  };
  subscribe(REQUEST_START, believe);
  return () => void unsubscribe(REQUEST_START, believe);
}
