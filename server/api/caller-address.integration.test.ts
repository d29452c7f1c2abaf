import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { believeConnections } from "./caller-address.ts";

test("who calls is who is connected, whatever they say of themselves", async () => {
  const server = createServer((request, response) => response.end(request.headers["x-forwarded-for"]));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const ask = async () => (await fetch(url, { headers: { "x-forwarded-for": "203.0.113.9" } })).text();
  const stop = believeConnections();
  try {
    expect(await ask()).toBe("127.0.0.1");
  } finally {
    stop();
  }
  expect(await ask()).toBe("203.0.113.9");
  server.close();
});
