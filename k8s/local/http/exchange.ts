import type { IncomingMessage, ServerResponse } from "node:http";
import { parse, stringify } from "yaml";
import { ApiError, badRequest } from "../store/errors.ts";
import { isObject, type JsonObject } from "../store/json.ts";

const BODY_MAX_BYTES = 8 << 20;

export type MediaType = { type: string; parameters: Readonly<Record<string, string>> };

function parseMediaType(text: string): MediaType {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = Object.fromEntries(rest.map((part) => part.split("=", 2).map((word) => word.trim())));
  return { type: type.toLowerCase(), parameters };
}

/** What the client would take, best first. Nothing said means anything. */
export const acceptedBy = (request: IncomingMessage): MediaType[] =>
  (request.headers.accept ?? "*/*").split(",").map(parseMediaType);

export type Representation = { as: "json" | "yaml" | "table" | "partial" | "partial-list" };
const TRANSFORMS: Readonly<Record<string, Representation["as"]>> = {
  Table: "table",
  PartialObjectMetadata: "partial",
  PartialObjectMetadataList: "partial-list",
};

/** The first acceptable form we can give; protobuf is passed over. Throws 406 when there is none. */
export function representationFor(request: IncomingMessage): Representation["as"] {
  for (const { type, parameters } of acceptedBy(request)) {
    const as = parameters.as;
    const json = type === "application/json" || type === "application/*" || type === "*/*";
    if (json && as === undefined) return "json";
    const transform = as === undefined ? undefined : TRANSFORMS[as];
    if (json && transform && ["v1", "v1beta1"].includes(parameters.v ?? "v1")) return transform;
    if (type === "application/yaml" && as === undefined) return "yaml";
  }
  const message = "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml";
  throw new ApiError(406, "NotAcceptable", message, {});
}

export function answerText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** `text` is JSON already; it is turned into YAML only for those who ask for nothing else. */
export function answerJson(response: ServerResponse, code: number, text: string, as: "json" | "yaml" = "json"): void {
  const body =
    as === "yaml" ? stringify(JSON.parse(text), { version: "1.1", sortMapEntries: true, lineWidth: 0 }) : text;
  response.writeHead(code, { "content-type": `application/${as}`, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

export function answerError(response: ServerResponse, error: unknown): void {
  const known = error instanceof ApiError ? error : internalError(error);
  if (response.headersSent) {
    // Half an answer is out: only a cut connection tells the client so.
    response.destroy();
    return;
  }
  const wait = known.status.details?.retryAfterSeconds;
  if (wait !== undefined) response.setHeader("retry-after", String(wait));
  answerJson(response, known.code, JSON.stringify(known.status));
}

function internalError(error: unknown): ApiError {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: "error", message, stack: error instanceof Error ? error.stack : undefined })}\n`,
  );
  return new ApiError(500, "InternalError", `Internal error occurred: ${message}`, {
    causes: [{ message, reason: "", field: "" }],
  });
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) {
      throw new ApiError(413, "RequestEntityTooLarge", `limit is ${BODY_MAX_BYTES}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export const contentType = (request: IncomingMessage) => parseMediaType(request.headers["content-type"] ?? "").type;

const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** `kubectl create <kind>` sends protobuf and tries nothing else: its user needs another command. */
const unsupportedBody = (type: string) =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml" +
      (type === PROTOBUF
        ? "; the local cluster reads no protobuf: add --dry-run=client -o yaml | kubectl apply --server-side -f -"
        : ""),
  );

/** A whole object, as JSON or YAML. 400 when it is neither, 415 for protobuf and the rest. */
export function parseObject(type: string, text: string, kind: string): JsonObject {
  if (type !== "application/json" && type !== "application/yaml" && type !== "") throw unsupportedBody(type);
  let value: unknown;
  try {
    value = type === "application/yaml" ? parseYaml(text) : JSON.parse(text);
  } catch (cause) {
    throw unrecognized(kind, text, cause instanceof Error ? cause.message : "");
  }
  if (!isObject(value)) throw unrecognized(kind, text, "the body is not an object");
  return value;
}

function unrecognized(kind: string, text: string, why: string): ApiError {
  const shown = text === "" ? "<empty>" : text.length > 30 ? `${text.slice(0, 30)} ...` : text;
  const reason = text === "" || /Unexpected end|Expected/.test(why) ? "unexpected end of JSON input" : why;
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${reason} (${shown})`,
  );
}

/** As the API reads YAML: 1.1, where an unquoted `y` or `on` is a boolean. Most bodies are JSON, which reads faster. */
export function parseYaml(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // A YAML flow mapping may begin like this too.
    }
  }
  return parse(text, { version: "1.1", schema: "yaml-1.1" });
}
