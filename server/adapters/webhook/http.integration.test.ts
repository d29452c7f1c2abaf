import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { httpWebhook } from "./http.ts";

const SECRET = "a-secret-of-some-length";
const MESSAGE = { id: "m1", event: "incident.opened", body: { incident: { id: "i" } } };
const seen: { headers: IncomingHttpHeaders; text: string }[] = [];
let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      seen.push({ headers: request.headers, text });
      if (request.url === "/moved") response.writeHead(302, { location: "/" }).end();
      else response.writeHead(request.url === "/broken" ? 500 : 204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const send = (url: string, allowPrivate: boolean) =>
  httpWebhook({ url: new URL(url), secret: SECRET, allowPrivate }).send(MESSAGE);

test("a message carries its id, its event and a signature over exactly its bytes", async () => {
  await send(`http://127.0.0.1:${port}/`, true);
  const [{ headers, text } = { headers: {}, text: "" }] = seen.splice(0);
  const [, t, v1] = /^t=(\d+),v1=(\w+)$/.exec(String(headers["x-slipway-signature"])) ?? [];
  expect(createHmac("sha256", SECRET).update(`${t}.${text}`).digest("hex")).toBe(v1);
  expect(Math.abs(Number(t) - Date.now() / 1000)).toBeLessThan(30);
  expect(headers).toMatchObject({ "x-slipway-delivery": "m1", "x-slipway-event": "incident.opened" });
  expect(JSON.parse(text)).toEqual({ id: "m1", event: "incident.opened", incident: { id: "i" } });
});

test.each(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0"])(
  "%s is not called unless it is allowed, however it is written",
  async (host) => {
    await expect(send(`http://${host}:${port}/`, false)).rejects.toThrow(/inside the network/);
    expect(seen).toEqual([]);
  },
);

test("a refusal, a redirect and silence are failures that say what they are", async () => {
  await expect(send(`http://127.0.0.1:${port}/broken`, true)).rejects.toThrow("it answered 500");
  await expect(send(`http://127.0.0.1:${port}/moved`, true)).rejects.toThrow("it answered 302");
  expect(seen.splice(0)).toHaveLength(2);
  await expect(send("http://127.0.0.1:1/", true)).rejects.toThrow("ECONNREFUSED");
});

/** A receiver that speaks no HTTP of its own accord. */
async function rawReceiver(onRequest: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const raw = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined).once("data", () => onRequest(socket));
  });
  raw.listen(0, "127.0.0.1");
  await once(raw, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    raw.close();
  });
  return `http://127.0.0.1:${(raw.address() as AddressInfo).port}/`;
}

test("a receiver that would rather speak another protocol, or hangs up, has failed", async () => {
  const upgrades = await rawReceiver((socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"),
  );
  await expect(send(upgrades, true)).rejects.toThrow();
  await expect(send(await rawReceiver((socket) => socket.end()), true)).rejects.toThrow();
});

test("a receiver that accepts and says nothing has failed after ten seconds", async () => {
  await expect(send(await rawReceiver(() => undefined), true)).rejects.toThrow(/timeout|aborted/i);
});
