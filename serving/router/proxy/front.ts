import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Plan } from "../plans/compile.ts";
import { REFUSAL, refuse } from "./answers.ts";
import { Exchange, type ExchangeDeps } from "./exchange.ts";
import { readHeaders } from "./headers.ts";
import { choose, parseTarget } from "./route.ts";

export type FrontDeps = ExchangeDeps & {
  findPlan(endpoint: string): Plan | undefined;
  ready(): boolean;
  metricsText(): Promise<string>;
  /** In [0, 1): the bucket of a request without a unit. */
  random(): number;
};

/** What a client may take its time over, and how much it may send as headers. */
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 2_000,
} as const;
const CONNECTIONS_MAX = 10_000;

/** The router's one port: endpoints, health and metrics. Not yet listening. */
export function createFront(deps: FrontDeps): Server {
  const server = createServer({ ...LIMITS, noDelay: true }, (req, res) => answer(deps, req, res));
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

function answer(deps: FrontDeps, req: IncomingMessage, res: ServerResponse): void {
  const url = req.url ?? "";
  const target = parseTarget(url);
  const plan = target === undefined ? undefined : deps.findPlan(target.endpoint);
  if (target === undefined || plan === undefined) {
    answerOwn(deps, req, res);
    return;
  }

  const headers = readHeaders(req.rawHeaders);
  const choice = choose(
    plan,
    { revision: headers.revision, version: target.version, unit: headers.unit },
    performance.now(),
    deps.random,
  );
  const own = ["x-slipway-plan", plan.numberText, "x-request-id", headers.requestId];
  if (deps.draining()) own.push("connection", "close");
  if (headers.coded) {
    // Where its body ends is not to be guessed.
    if (!deps.draining()) own.push("connection", "close");
    refuse(res, "unknown_transfer_coding", "the only transfer coding known here is chunked", own);
    return;
  }
  if (choice.kind === "not_in_plan") {
    refuse(res, "revision_not_in_plan", `plan ${plan.numberText} has no such revision or version`, own);
    return;
  }
  if (choice.kind === "no_pods") {
    choice.intended?.metrics.record(choice.role, REFUSAL.no_ready_pods, 0);
    refuse(res, "no_ready_pods", "no revision that may answer has a ready pod", own);
    return;
  }
  if (headers.lengthBytes > plan.wire.bodyBytesMax) {
    choice.intended.metrics.record(choice.role === "forced" ? "forced" : "live", REFUSAL.body_too_large, 0);
    refuse(res, "body_too_large", `the body exceeds ${plan.wire.bodyBytesMax} bytes`, own);
    return;
  }
  new Exchange(deps, req, res, { plan, target, headers, choice });
}

/** Health, metrics, and a clear no to all else. */
function answerOwn(deps: FrontDeps, req: IncomingMessage, res: ServerResponse): void {
  const path = (req.url ?? "").split("?", 1)[0] ?? "";
  if (path === "/health/live") {
    plain(res, 200, "live");
    return;
  }
  if (path === "/health/ready") {
    deps.ready() ? plain(res, 200, "ready") : plain(res, 503, "not ready");
    return;
  }
  if (path === "/metrics") {
    deps.metricsText().then(
      (text) => plain(res, 200, text, "text/plain; version=0.0.4; charset=utf-8"),
      () => plain(res, 500, "metrics failed"),
    );
    return;
  }
  const own = ["x-request-id", requestIdOf(req)];
  if (deps.draining()) own.push("connection", "close");
  const [, endpoint = ""] = path.split("/", 2);
  if (deps.findPlan(endpoint) !== undefined) {
    refuse(res, "not_found", "an endpoint's paths begin with /v2", own);
    return;
  }
  refuse(res, "unknown_endpoint", "no such endpoint here", own);
}

const requestIdOf = (req: IncomingMessage) => readHeaders(req.rawHeaders).requestId || randomUUID();

function plain(res: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  res.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
  res.end(text);
}
