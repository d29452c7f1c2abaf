import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { choosePorts, freePort } from "#scripts/stack/ports.ts";

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});
const take = (port: number) =>
  new Promise<void>((resolve) => servers.push(createServer().listen(port, "127.0.0.1", () => resolve())));

test("a port that was asked for and is taken is an error that names the variable and the holder", async () => {
  const port = await freePort();
  await take(port);
  await expect(choosePorts([{ variable: "PORT", port, explicit: true }], () => undefined)).rejects.toThrow(
    new RegExp(`PORT=${port} is taken by .*\\(pid ${process.pid}\\)`),
  );
});

test("a default port that is taken moves to the next free one and says so, never onto another of ours", async () => {
  const port = await freePort();
  await take(port);
  const said: string[] = [];
  const chosen = await choosePorts(
    [
      { variable: "PORT", port, explicit: false },
      { variable: "SLIPWAY_KUBE_PORT", port: port + 1, explicit: false },
    ],
    (line) => said.push(line),
  );
  expect(chosen[0]).toBeGreaterThan(port + 1);
  expect(chosen[1]).toBe(port + 1);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain("PORT");
});

test("two wishes for one port do not both get it", async () => {
  const port = await freePort();
  const wish = (variable: string, explicit: boolean) => ({ variable, port, explicit });
  await expect(choosePorts([wish("PORT", true), wish("SLIPWAY_KUBE_PORT", true)], () => undefined)).rejects.toThrow(
    /SLIPWAY_KUBE_PORT/,
  );
});

test("a port that our own survivor holds is ours to use", async () => {
  const port = await freePort();
  await take(port);
  const wish = { variable: "SLIPWAY_GATEWAY_PORT", port, explicit: true };
  expect(
    await choosePorts(
      [wish],
      () => undefined,
      () => true,
    ),
  ).toEqual([port]);
});
