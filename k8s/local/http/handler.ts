import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../store/errors.ts";
import type { Authenticator, User } from "./authentication.ts";
import { forbiddenPath, isAdmin, requireRight } from "./authorization.ts";
import { attributesOf, type Call, type ServerParts } from "./call.ts";
import { deleteCollection, deleteOne } from "./delete.ts";
import { AGGREGATED_TYPE, discoveryAt, VERSION } from "./discovery.ts";
import { acceptedBy, answerError, answerJson, answerText } from "./exchange.ts";
import type { Faults } from "./faults.ts";
import { log } from "./logs.ts";
import { OPENAPI_V2, OPENAPI_V2_PROTOBUF, openapiV3At } from "./openapi.ts";
import { checkOptions } from "./options.ts";
import { get, list } from "./read.ts";
import { answerReview } from "./reviews.ts";
import { type ResourceRoute, routeOf } from "./route.ts";
import { evict, issueToken, scale } from "./subresources.ts";
import { watch } from "./watch.ts";
import { create, patch, update } from "./write.ts";

export type HandlerParts = ServerParts & { authenticator: Authenticator; faults: Faults; address(): string };

const OPEN_TO_ALL = new Set(["/healthz", "/livez", "/readyz", "/version"]);
const unknownResource = () => new ApiError(404, "NotFound", "the server could not find the requested resource", {});
const methodNotAllowed = () =>
  new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});

/** Answers every request; never throws. */
export function createHandler(parts: HandlerParts) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader("cache-control", "no-cache, private");
    answer(parts, request, response).catch((error: unknown) => answerError(response, error));
  };
}

async function answer(parts: HandlerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", "https://cluster");
  const user = parts.authenticator.userOf(request.headers.authorization);
  if (!user) throw new ApiError(401, "Unauthorized", "Unauthorized");
  const route = routeIn(method, url);
  if (route.kind === "resource") return answerResource(parts, request, response, url, route, user);
  if (!OPEN_TO_ALL.has(healthPath(url.pathname)) && user.groups.includes("system:unauthenticated")) {
    throw forbiddenPath(user, method, url.pathname);
  }
  if (
    await answerReview(request, response, url.pathname, {
      store: parts.store,
      authenticator: parts.authenticator,
      user,
    })
  )
    return;
  if (answerDocument(parts, request, response, url)) return;
  if (route.kind === "other" && method !== "GET") throw methodNotAllowed();
  if (route.kind === "unknown-resource") throw unknownResource();
  const inKnownGroup = /^\/apis\/[^/]+/.exec(url.pathname)?.[0];
  if (inKnownGroup && discoveryAt(inKnownGroup, false, "")) throw unknownResource();
  if (url.pathname === "/metrics" && !isAdmin(user)) throw forbiddenPath(user, method, url.pathname);
  answerText(response, 404, "404 page not found\n");
}

function routeIn(method: string, url: URL) {
  try {
    return routeOf(method, url);
  } catch {
    // A percent sign that encodes nothing.
    throw new ApiError(400, "BadRequest", "the path of the request is not valid");
  }
}

const healthPath = (path: string) => /^\/(healthz|livez|readyz)(?=\/|$)/.exec(path)?.[0] ?? path;

/** Health, version, discovery and OpenAPI; false when the path is none of them. */
function answerDocument(parts: HandlerParts, request: IncomingMessage, response: ServerResponse, url: URL): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, "") : url.pathname;
  if (healthPath(path) !== path || ["/healthz", "/livez", "/readyz"].includes(path)) {
    answerText(response, 200, "ok");
    return true;
  }
  if (path === "/version") {
    answerJson(response, 200, JSON.stringify(VERSION));
    return true;
  }
  if (path === "/openapi/v2") {
    const json = acceptedBy(request).some(({ type }) => type === "application/json");
    response.writeHead(200, {
      "content-type": json ? "application/json" : "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
    });
    response.end(json ? OPENAPI_V2 : OPENAPI_V2_PROTOBUF);
    return true;
  }
  const openapi = openapiV3At(path);
  if (openapi !== undefined) {
    answerJson(response, 200, openapi);
    return true;
  }
  const aggregated = acceptedBy(request).some(
    ({ parameters }) => parameters.as === "APIGroupDiscoveryList" && parameters.v === "v2",
  );
  const document = discoveryAt(path, aggregated, parts.address());
  if (!document) return false;
  const text = JSON.stringify(document);
  const type = aggregated && "items" in document ? AGGREGATED_TYPE : "application/json";
  response.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
  return true;
}

async function answerResource(
  parts: HandlerParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { resource, namespace, name, subresource, verb }: ResourceRoute,
  user: User,
): Promise<void> {
  if (verb === undefined) throw methodNotAllowed();
  requireRight(parts, user, attributesOf({ resource, namespace, name, subresource }, verb));
  const fault = parts.faults.find({
    verb,
    resource: resource.name,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    userAgent: request.headers["user-agent"] ?? "",
  });
  if (fault?.kind === "reset") {
    request.socket.destroy();
    return;
  }
  if (fault) throw new ApiError(fault.code, fault.reason, fault.message);
  checkOptions(verb, url.searchParams);
  const call: Call = {
    request,
    response,
    query: url.searchParams,
    resource,
    namespace,
    name,
    subresource,
    verb,
    user,
    server: parts,
  };
  await perform(call);
}

async function perform(call: Call): Promise<void> {
  if (call.subresource === "scale") return scale(call);
  if (call.subresource === "log") return log(call);
  if (call.subresource === "eviction") return evict(call);
  if (call.subresource === "token") return issueToken(call);
  switch (call.verb) {
    case "get":
      return get(call);
    case "list":
      return list(call);
    case "watch":
      return watch(call);
    case "create":
      return create(call);
    case "update":
      return update(call);
    case "patch":
      return patch(call);
    case "delete":
      return deleteOne(call);
    case "deletecollection":
      return deleteCollection(call);
  }
}
