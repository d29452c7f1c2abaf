import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aPlan } from "#test/support/plan-wire.ts";
import { type RouterInProcess, startRouterInProcess } from "#test/support/router-in-process.ts";

const UPLOAD = Buffer.alloc(32 * 1024 * 1024);

let router: RouterInProcess;
let agent: Agent;
let pod: Server;
let onRequest: (socket: Socket, first: Buffer) => void;
const sockets = new Set<Socket>();

beforeEach(async () => {
  router = await startRouterInProcess();
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
  pod = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (first: Buffer) => onRequest(socket, first));
  });
  await new Promise<void>((resolve) => pod.listen(0, "127.0.0.1", resolve));
  const { port } = pod.address() as AddressInfo;
  router.setPods("iris-r1", { address: { id: "raw", host: "127.0.0.1", port } });
  router.setPlan(aPlan({ 1: 100 }, { bodyBytesMax: UPLOAD.length }));
});
afterEach(async () => {
  agent.destroy();
  await router.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => pod.close(resolve));
});

/** The answer, once all of the body is sent too: some clients read nothing before that. */
async function upload(): Promise<{ status: number; body: string; reusedConnection: boolean }> {
  const outgoing = request({
    host: "127.0.0.1",
    port: router.port,
    path: "/iris/v2/models/iris/infer",
    method: "POST",
    agent,
    headers: { "content-length": UPLOAD.length },
  });
  const sent = once(outgoing, "finish");
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  outgoing.end(UPLOAD);
  const [answer] = await answered;
  const body = await text(answer);
  await sent;
  return { status: answer.statusCode ?? 0, body, reusedConnection: outgoing.reusedSocket };
}

test("a pod that answers before it has read the body leaves the client's connection in order", async () => {
  onRequest = (socket) => socket.write("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno");
  expect(await upload()).toEqual({ status: 404, body: "no", reusedConnection: false });
  expect(await upload()).toEqual({ status: 404, body: "no", reusedConnection: true });
});

test("a pod that breaks off in the middle of a body leaves the client's connection in order", async () => {
  onRequest = (socket) => socket.resetAndDestroy();
  const first = await upload();
  expect(first.status).toBe(502);
  const second = await upload();
  expect([second.status, second.reusedConnection]).toEqual([502, true]);
});

test("a body too large to be held reaches another pod whole when the first refuses the connection", async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const dead = { address: { id: "dead", host: "127.0.0.1", port } };
  const alive = { address: { id: "raw", host: "127.0.0.1", port: (pod.address() as AddressInfo).port } };
  router.setPods("iris-r1", dead, alive);
  for (let i = 0; i < 4; i++) {
    let received = 0;
    onRequest = (socket, first) => {
      const count = (chunk: Buffer) => {
        received += chunk.length;
        if (received >= UPLOAD.length)
          socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
      };
      socket.on("data", count);
      count(first.subarray(first.indexOf("\r\n\r\n") + 4));
    };
    expect((await upload()).status).toBe(200);
    expect(received).toBe(UPLOAD.length);
  }
});
