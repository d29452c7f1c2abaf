import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One message as it arrived; `signed`: its signature is what our secret makes of its very bytes. */
export type Received = Readonly<{
  event: string;
  signed: boolean;
  body: { incident: Record<string, unknown>; url: string };
}>;

/** What stands at the other end of an installation's webhook. `port` 0: any free one. */
export async function startReceiver(secret: string, port = 0) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers["x-slipway-signature"])) ?? [];
      const signed = createHmac("sha256", secret).update(`${t}.${text}`).digest("hex") === v1;
      received.push({ event: String(request.headers["x-slipway-event"]), signed, body: JSON.parse(text) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    received: received as readonly Received[],
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
