import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { TLSSocket } from "node:tls";
import type { Identity } from "#k8s/local/tls.ts";

/** A door with TLS before a PostgreSQL without: the client asks for it in plain text first, as the protocol has it. */
export async function startTlsBefore(databaseUrl: string, { keyPem, certPem }: Identity) {
  const url = new URL(databaseUrl);
  const postgres = { host: url.hostname, port: Number(url.port) };
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("data", () => {
      socket.write("S");
      const secure = new TLSSocket(socket, { isServer: true, key: keyPem, cert: certPem });
      // A client that does not trust us hangs up, and that is its answer.
      pipeline(secure, connect(postgres), secure).catch(() => undefined);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url.port = String((server.address() as AddressInfo).port);
  const close = () => {
    for (const socket of open) socket.destroy();
    server.close();
  };
  return { url: url.href, close };
}
