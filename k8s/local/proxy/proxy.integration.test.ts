import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createListeners } from "./listeners.ts";
import type { ProxyStatus, ProxyTable } from "./table.ts";

const host = `127.${randomInt(100, 250)}.${randomInt(0, 256)}.1`;
let servers: Server[];
let sockets: Socket[];
let listeners: ReturnType<typeof createListeners>;
let statuses: ProxyStatus[];
let waiting: ((status: ProxyStatus) => void)[];
let port: number;

beforeEach(() => {
  servers = [];
  sockets = [];
  statuses = [];
  waiting = [];
  port = randomInt(10_000, 30_000);
  listeners = createListeners((status) => {
    statuses.push(status);
    for (const resolve of waiting.splice(0)) resolve(status);
  });
});
afterEach(async () => {
  listeners.apply({ listeners: [] });
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

const nextStatus = () => new Promise<ProxyStatus>((resolve) => waiting.push(resolve));
const serve = async (onConnection: (socket: Socket) => void) => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, "listening");
  return { host, port: (server.address() as { port: number }).port };
};
const tableOf = (endpoints: { host: string; port: number }[]): ProxyTable => ({
  listeners: [{ service: "test/web", host, port, endpoints }],
});
/** The proxy listens once a client gets in. */
const dial = async (): Promise<Socket> => {
  for (;;) {
    const socket = connect({ host, port, allowHalfOpen: true });
    sockets.push(socket);
    const [event] = await Promise.race([
      once(socket, "connect").then(() => ["connect"]),
      once(socket, "error").then(() => ["error"]),
    ]);
    if (event === "connect") return socket;
  }
};
const text = async (socket: Socket): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};
const namer = (name: string) => (socket: Socket) => socket.end(name);
const freePort = async () => {
  const endpoint = await serve(() => undefined);
  const server = servers.pop() as Server;
  server.close();
  await once(server, "close");
  return endpoint;
};

it("passes a half-closed stream on: the answer comes after the client has ended its side", async () => {
  const endpoint = await serve((socket) => {
    void text(socket).then((request) => socket.end(`got ${request.length}`));
  });
  listeners.apply(tableOf([endpoint]));
  const client = await dial();
  client.end(Buffer.alloc(1 << 20, "x"));
  expect(await text(client)).toBe(`got ${1 << 20}`);
});

it("asks another endpoint when one refuses the connection", async () => {
  const [dead, alive] = [await freePort(), await serve(namer("alive"))];
  listeners.apply(tableOf([dead, alive]));
  for (let i = 0; i < 6; i++) expect(await text(await dial())).toBe("alive");
});

it("holds a client until an endpoint is there", async () => {
  listeners.apply(tableOf([]));
  const answer = text(await dial());
  listeners.apply(tableOf([await serve(namer("late"))]));
  expect(await answer).toBe("late");
});

it("lets open connections live on when their endpoint and even the service leave the table", async () => {
  const echo = await serve((socket) => socket.pipe(socket));
  const other = await serve(namer("other"));
  listeners.apply(tableOf([echo]));
  const client = await dial();
  client.write("before ");
  await once(client, "data");
  listeners.apply(tableOf([other]));
  expect(await text(await dial())).toBe("other");
  listeners.apply({ listeners: [] });
  client.end("after");
  expect(await text(client)).toBe("after");
});

it("spreads connections over endpoints by how many each has open", async () => {
  const counts = [0, 0];
  const count = (i: number) => (socket: Socket) => {
    counts[i] = (counts[i] ?? 0) + 1;
    socket.write("hello");
  };
  listeners.apply(tableOf([await serve(count(0)), await serve(count(1))]));
  for (let i = 0; i < 10; i++) await once(await dial(), "data");
  expect(counts).toEqual([5, 5]);
});

it("stops reading from a sender whose receiver does not read", async () => {
  const stalled = await serve((socket) => socket.pause());
  listeners.apply(tableOf([stalled]));
  const client = await dial();
  let sent = 0;
  const chunk = Buffer.alloc(1 << 16);
  while (client.write(chunk) && sent < 1 << 28) sent += chunk.length;
  const drained = Promise.race([
    once(client, "drain").then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300)),
  ]);
  while (await drained) {
    sent += chunk.length;
    if (client.write(chunk)) continue;
    break;
  }
  expect(sent).toBeLessThan(1 << 26);
});

it("says which address it cannot listen on, and serves it once it is free", async () => {
  const blocker = createServer();
  blocker.listen(port, host);
  await once(blocker, "listening");
  const endpoint = await serve(namer("served"));
  const failed = nextStatus();
  listeners.apply(tableOf([endpoint]));
  await failed;
  await expect
    .poll(() => statuses.at(-1)?.failures)
    .toEqual([{ service: "test/web", address: `${host}:${port}`, message: "address already in use" }]);
  const recovered = nextStatus();
  blocker.close();
  expect((await recovered).failures).toEqual([]);
  expect(await text(await dial())).toBe("served");
});
