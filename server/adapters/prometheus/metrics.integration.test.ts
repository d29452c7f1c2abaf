import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { MetricsSource } from "#server/ports/metrics.ts";
import { prometheusMetrics } from "./metrics.ts";

const RANGE = { fromSeconds: 0, toSeconds: 0, stepSeconds: 1 };
const PATIENT = { answerMs: 60_000, silentMs: 60_000 };
const EMPTY = JSON.stringify({ status: "success", data: { resultType: "matrix", result: [] } });
const servers: Server[] = [];
let answer: RequestListener;

/** Its clock goes on by a second, or by `tickSeconds`, each time it is read. */
async function source(waits = PATIENT, tickSeconds = 1): Promise<MetricsSource> {
  const server = createServer((request, response) => answer(request, response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prometheus`);
  let reads = 0;
  return prometheusMetrics(
    { url, authorization: "Bearer of-prometheus" },
    () => new Date(Date.UTC(2026, 4, 9, 2, 0, tickSeconds * reads++)),
    waits,
  );
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const ask = (metrics: MetricsSource, signal = new AbortController().signal) =>
  metrics.range("up", RANGE, signal).then(
    () => "answered",
    (error: { message: string; detail?: unknown }) => ({ message: error.message, detail: error.detail }),
  );
const AWAY = { message: "Prometheus does not answer.", detail: {} };
const away = (second: number) => ({
  ...AWAY,
  detail: { since: new Date(Date.UTC(2026, 4, 9, 2, 0, second)).toISOString() },
});

test("a silence is told with the moment it began, until the next answer; then a new one begins", async () => {
  const metrics = await source();
  answer = (_, response) => response.end(EMPTY);
  expect(await ask(metrics)).toBe("answered");
  answer = (_, response) => response.writeHead(503).end();
  expect(await ask(metrics)).toEqual(away(1));
  expect(await ask(metrics)).toEqual(away(1));
  answer = (_, response) => response.end(EMPTY);
  expect(await ask(metrics)).toBe("answered");
  answer = (_, response) => response.destroy();
  expect(await ask(metrics)).toEqual(away(3));
});

test("since when it is silent is not told where nobody had asked it shortly before", async () => {
  const metrics = await source(PATIENT, 61);
  answer = (_, response) => response.writeHead(503).end();
  expect(await ask(metrics)).toEqual(AWAY);
  answer = (_, response) => response.end(EMPTY);
  expect(await ask(metrics)).toBe("answered");
  answer = (_, response) => response.writeHead(503).end();
  expect(await ask(metrics)).toEqual(AWAY);
});

test("one that asks who we are is told, and one that lets us not in, or is none at all, is told of", async () => {
  const metrics = await source();
  const told: unknown[] = [];
  answer = ({ method, url, headers }, response) => {
    told.push([method, url, headers.authorization]);
    response.end(EMPTY);
  };
  expect(await ask(metrics)).toBe("answered");
  expect(told).toEqual([["POST", "/prometheus/api/v1/query_range", "Bearer of-prometheus"]]);
  answer = (_, response) => response.writeHead(401).end("Unauthorized");
  expect(await ask(metrics)).toEqual({
    ...away(1),
    message: "Prometheus lets us read nothing (401): is PROMETHEUS_AUTHORIZATION right?",
  });
  const none = "What answers is no Prometheus";
  answer = (_, response) => response.writeHead(404).end("<html>");
  expect(await ask(metrics)).toEqual({ ...away(1), message: `${none} (404): is PROMETHEUS_URL right?` });
  answer = (_, response) => response.end("<html>Sign in</html>");
  expect(await ask(metrics)).toEqual({ ...away(1), message: `${none} (200): is PROMETHEUS_URL right?` });
});

test("one that hangs is waited for in full once, and while it is silent only shortly", async () => {
  const metrics = await source({ ...PATIENT, silentMs: 50 });
  answer = (_, response) => response.writeHead(500).end();
  await ask(metrics);
  // A minute is allowed; that the test ends is the proof.
  answer = () => undefined;
  expect(await ask(metrics)).toEqual(AWAY);
});

test("an answer that stops in its middle is a silence, and a reader that went away is none", async () => {
  const metrics = await source({ answerMs: 300, silentMs: 50 });
  answer = (_, response) => response.write(EMPTY.slice(0, 20));
  expect(await ask(metrics)).toEqual(AWAY);
  const fresh = await source();
  const gone = new AbortController();
  answer = () => gone.abort();
  expect(await ask(fresh, gone.signal)).toMatchObject({ message: "Nobody waits for this answer." });
  answer = (_, response) => response.writeHead(503).end();
  expect(await ask(fresh)).toEqual(AWAY);
});
