import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Signature } from "#domain/shared/signature.ts";
import { createRoom, type Hold, readBody } from "./body.ts";
import type { Config } from "./config.ts";
import { createFailureLog } from "./failure-log.ts";
import { log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { badRequest, RequestError } from "./request-error.ts";
import { methodsOf, type Route, routeOf } from "./routes.ts";
import type { ThreadPool } from "./thread-pool.ts";

export type State = {
  draining: boolean;
  /** Resolves when the first thread is ready. */
  started: Promise<void>;
  signature: Signature | undefined;
  pool: ThreadPool;
  metrics: Metrics;
};

type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  config: Config;
  state: State;
  room: ReturnType<typeof createRoom>;
};

/** All bodies together take so many times what one may. */
const BODIES_MAX = 4;

// An import would evaluate every export of the module, one of which loads a WebSocket client: a third of our start.
const { createServer } = process.getBuiltinModule("node:http");

const tellOfFailure = createFailureLog(log, () => performance.now());

/** The HTTP face of the model server: Open Inference Protocol v2 and /metrics. */
export function createSurface(config: Config, state: State) {
  const server = createServer({
    requestTimeout: 120_000,
    headersTimeout: 20_000,
    keepAliveTimeout: 75_000,
    noDelay: true,
  });
  const room = createRoom(BODIES_MAX * config.bodyBytesMax);
  server.on("request", (request, response) => {
    const exchange = { request, response, config, state, room };
    handle(exchange).catch((error: unknown) => refuse(exchange, error));
  });
  return server;
}

async function handle(exchange: Exchange): Promise<void> {
  const { request, config, state } = exchange;
  const route = routeOf(request.url ?? "/");
  if (route.kind === "unknown") throw new RequestError(404, "not_found", `there is nothing at ${request.url}`);
  if (!methodsOf(route).includes(request.method ?? "")) {
    throw new RequestError(405, "method_not_allowed", `use ${methodsOf(route).join(" or ")}`);
  }
  if ("model" in route) assertServed(route, config);
  switch (route.kind) {
    case "server":
      return json(exchange, 200, { name: "slipway-model-server", version: "2", extensions: ["binary_tensor_data"] });
    case "live": {
      const live = !state.pool.stuck();
      return json(exchange, live ? 200 : 503, { live });
    }
    case "ready":
      return json(exchange, isReady(state) ? 200 : 503, { ready: isReady(state) });
    case "started":
      await Promise.race([state.started, sleep(STARTED_WAIT_MS, undefined, { ref: false })]);
      return json(exchange, isReady(state) ? 200 : 503, { started: isReady(state) });
    case "modelReady":
      return json(exchange, isReady(state) ? 200 : 503, { name: config.modelName, ready: isReady(state) });
    case "metrics":
      return send(exchange, 200, state.metrics.contentType, Buffer.from(state.metrics.text()));
    case "model":
      return json(exchange, 200, describe(config, loadedSignature(state)));
    case "infer":
      return infer(exchange);
  }
}

/** A startup probe that waits hears at once what one that comes again hears up to a period later. Below its 2 s. */
const STARTED_WAIT_MS = 1_000;

const isReady = (state: State) => !state.draining && state.pool.ready();

function assertServed(route: Extract<Route, { model: string }>, config: Config): void {
  if (route.model !== config.modelName) {
    throw new RequestError(404, "unknown_model", `model "${route.model}" is not served here, "${config.modelName}" is`);
  }
  if (route.version !== undefined && route.version !== config.modelVersion) {
    const message = `version "${route.version}" is not served here, "${config.modelVersion}" is`;
    throw new RequestError(404, "unknown_version", message);
  }
}

function loadedSignature({ signature }: State): Signature {
  if (signature === undefined) throw new RequestError(503, "loading", "the model is still being loaded");
  return signature;
}

const describe = (config: Config, signature: Signature) => ({
  name: config.modelName,
  versions: [config.modelVersion],
  platform: "onnxruntime_onnx",
  inputs: signature.inputs,
  outputs: signature.outputs,
});

async function infer(exchange: Exchange): Promise<void> {
  const { request, response, state } = exchange;
  loadedSignature(state);
  if ((request.headers["content-encoding"] ?? "identity") !== "identity") {
    throw new RequestError(415, "unsupported_encoding", "send the body without Content-Encoding");
  }
  const hold = exchange.room.hold();
  const answer = await predicted(exchange, hold).finally(hold.release);
  if (answer.status >= 500) {
    const { error } = JSON.parse(Buffer.from(answer.body).toString()) as { error: string };
    tellOfFailure({ status: answer.status, error, requestId: requestIdOf(request) });
  }
  if (answer.headerLength !== undefined) response.setHeader("Inference-Header-Content-Length", answer.headerLength);
  send(exchange, answer.status, answer.contentType, answer.body);
}

async function predicted({ request, response, config, state }: Exchange, hold: Hold) {
  const headerLength = headerLengthOf(request);
  const body = await readBody(request, config.bodyBytesMax, hold);
  const { answered, cancel } = state.pool.submit(body, headerLength);
  response.once("close", cancel);
  return answered;
}

const requestIdOf = ({ headers }: IncomingMessage) => headers["x-request-id"]?.toString();

function headerLengthOf(request: IncomingMessage): number | undefined {
  const text = request.headers["inference-header-content-length"];
  if (text === undefined) return undefined;
  if (typeof text !== "string" || !/^\d{1,15}$/.test(text)) {
    throw badRequest("Inference-Header-Content-Length must be a whole number of bytes");
  }
  return Number(text);
}

function refuse(exchange: Exchange, error: unknown): void {
  const { request, response, state } = exchange;
  const known = error instanceof RequestError ? error : new RequestError(500, "internal", "the model server failed");
  if (!(error instanceof RequestError)) log("error", "request failed", { error: String(error) });
  else if (known.status === 500 || known.status === 504)
    tellOfFailure({ status: known.status, error: known.message, requestId: requestIdOf(request) });
  if (response.headersSent || response.destroyed) return void response.destroy();
  // A body that was not read to its end cannot be followed by another request.
  if (!request.complete) response.setHeader("Connection", "close");
  if (known.status === 429) response.setHeader("Retry-After", state.pool.retryAfterSeconds());
  if (known.status === 405) response.setHeader("Allow", methodsOf(routeOf(request.url ?? "/")).join(", "));
  json(exchange, known.status, { error: known.message, code: known.code });
}

const json = (exchange: Exchange, status: number, value: unknown) =>
  send(exchange, status, "application/json", Buffer.from(JSON.stringify(value)));

function send({ response, state }: Exchange, status: number, contentType: string, body: Uint8Array): void {
  if (response.destroyed) return;
  if (state.draining) response.setHeader("Connection", "close");
  response.writeHead(status, { "Content-Type": contentType, "Content-Length": body.byteLength });
  response.end(body);
}
