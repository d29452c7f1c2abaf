import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { startProbes } from "./container-probes.ts";

it("A container that has started is asked whether it is ready and alive, and no more whether it has started", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end();
    server.emit("asked");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = new AbortController();
  onTestFinished(() => {
    stop.abort();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const get = (path: string) => ({ httpGet: { path, port }, periodSeconds: 0.02 });
  const spec = { name: "server", image: "x", startupProbe: get("/started"), readinessProbe: get("/ready") };
  const target = { podIp: "127.0.0.1", ports: [], env: {}, cwd: "/" };
  const seen: string[] = [];
  startProbes(
    { ...spec, livenessProbe: get("/live") },
    false,
    target,
    {
      onStarted: () => seen.push("started"),
      onReady: (ready) => seen.push(`ready ${ready}`),
      onDead: (kind) => seen.push(kind),
      onFailure: (kind) => seen.push(kind),
    },
    stop.signal,
  );
  const count = (path: string) => asked.filter((url) => url === path).length;
  while (count("/ready") < 5 || count("/live") < 5) await once(server, "asked");
  expect(count("/started")).toBe(1);
  expect(seen).toEqual(["started", "ready true"]);
});
