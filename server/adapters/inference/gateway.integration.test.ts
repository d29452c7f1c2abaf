import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { httpInferenceGateway } from "./gateway.ts";

const gateway = httpInferenceGateway();
let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function listening(listener: RequestListener): Promise<URL> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return new URL(`http://127.0.0.1:${address.port}/digits/v2/models/digits/infer`);
}
const ask = (url: URL, revision?: number, signal = new AbortController().signal) =>
  gateway.infer({ url, revision, body: { inputs: [] }, requestId: "r-1", signal });

test("a request reaches the revision it names, and the answer says who gave it", async () => {
  const url = await listening((request, response) => {
    const { "x-slipway-revision": revision, "x-request-id": id } = request.headers;
    response.setHeader("x-slipway-revision", String(revision)).setHeader("x-slipway-plan", "7");
    response.setHeader("x-request-id", String(id)).end(JSON.stringify({ path: request.url }));
  });
  const answer = await ask(url, 3);
  expect(answer).toMatchObject({ status: 200, revision: 3, plan: 7, requestId: "r-1" });
  expect(answer.body).toEqual({ path: "/digits/v2/models/digits/infer" });
});

test("without a revision traffic is shared as ever: no header forces one", async () => {
  const url = await listening((request, response) => {
    response.end(JSON.stringify({ forced: "x-slipway-revision" in request.headers }));
  });
  expect((await ask(url)).body).toEqual({ forced: false });
});

test("a refusal of the router is an answer, also when it is no JSON", async () => {
  const url = await listening((_, response) => response.writeHead(503).end("no pods"));
  expect(await ask(url)).toMatchObject({ status: 503, body: "no pods", revision: null, plan: null });
});

test("a redirect is not followed", async () => {
  const url = await listening((request, response) => {
    if (request.url === "/elsewhere") return void response.end("{}");
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  await expect(ask(url)).rejects.toMatchObject({ code: "unavailable" });
});

test("an answer without end is cut at what a screen can show", async () => {
  const url = await listening((_, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(1_000_000, 32)));
      response.once("drain", more);
    };
    more();
  });
  await expect(ask(url)).rejects.toMatchObject({ code: "payload_too_large" });
});

test("a router that is away, or goes away in the middle, is said to be away", async () => {
  const url = await listening((_, response) => {
    response.write("{");
    setImmediate(() => response.destroy());
  });
  await expect(ask(url)).rejects.toMatchObject({ code: "unavailable" });
  await expect(ask(new URL("http://127.0.0.1:1/x"))).rejects.toMatchObject({ code: "unavailable" });
});
