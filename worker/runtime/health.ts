import { createServer } from "node:http";
import type { WorkerMetrics } from "./metrics.ts";

export type HealthServer = Readonly<{ port: number; close(): Promise<void> }>;

export type WorkerState = Readonly<{ isReady(): boolean; isLeading(): boolean }>;

/**
 * `/metrics` for Prometheus, `/health/live`, `/health/ready`: 200 where this worker stands by or acts, and
 * `/health/leading`: 200 where it acts.
 * Rejects when the port is taken; 0 takes a free one.
 */
export function serveHealth(
  { host, port: wanted }: Readonly<{ host: string; port: number }>,
  metrics: WorkerMetrics,
  { isReady, isLeading }: WorkerState,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const send = (status: number, body: string, type = "text/plain") =>
      response.writeHead(status, { "content-type": type }).end(body);
    switch (request.url) {
      case "/health/live":
        return send(200, "live\n");
      case "/health/ready":
        return isReady() ? send(200, "ready\n") : send(503, "waits for a database of this release\n");
      case "/health/leading":
        return isLeading() ? send(200, "leading\n") : send(503, "standby\n");
      case "/metrics":
        return void metrics.registry.metrics().then(
          (text) => send(200, text, metrics.registry.contentType),
          (error: unknown) => send(500, String(error)),
        );
      default:
        return send(404, "not found\n");
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: wanted, host }, () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : wanted,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
