import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";

export type SeenRequest = { method: string; path: string; headers: IncomingMessage["headers"]; body: string };

/**
 * An HTTP server in a model pod's place: answers `{"pod": name}` and remembers what it was asked, until `respond` says
 * otherwise.
 */
export async function startModelPod(name: string, port = 0) {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let respond: RequestListener = (_, res) => answerWith(res, name);
  const server = createServer((req, res) => {
    const answer = (body: Buffer) => {
      seen.push({ method: req.method ?? "", path: req.url ?? "", headers: req.headers, body: body.toString() });
      respond(req, res);
    };
    // A request that breaks off in the middle was none.
    buffer(req).then(answer, () => {});
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = { id: name, host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  return {
    name,
    address,
    seen,
    sockets,
    server,
    respondWith(next: RequestListener) {
      respond = next;
    },
    /** As kill -9 does: listens no more, connections are reset whatever they are doing. */
    async kill() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
  };
}
export type ModelPod = Awaited<ReturnType<typeof startModelPod>>;

export function answerWith(res: ServerResponse, pod: string): void {
  const body = JSON.stringify({ pod });
  res.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  res.end(body);
}
