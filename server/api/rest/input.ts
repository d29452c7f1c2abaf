import { z } from "zod";
import { DomainError } from "#domain/shared/errors.ts";
import { HttpProblem } from "#server/api/errors.ts";
import { type Match, pathNames } from "./match.ts";
import { IF_MATCH, type Route } from "./routes.ts";

const BODY_BYTES_MAX = 1 << 20;
const EMPTY = new Uint8Array();

type Shape = Readonly<Record<string, z.ZodType>>;

/** Where each input of a route comes from: path, query, header or body. */
export function inputsOf(route: Route) {
  const shape: Shape = route.verb.input instanceof z.ZodObject ? route.verb.input.shape : {};
  const inPath = pathNames(route);
  const inQuery = route.method === "GET" ? Object.keys(shape).filter((n) => !inPath.includes(n)) : (route.query ?? []);
  const elsewhere = [...inPath, ...inQuery, ...(route.ifMatch === undefined ? [] : [route.ifMatch])];
  const inBody = route.upload ? [] : Object.keys(shape).filter((name) => !elsewhere.includes(name));
  return { shape, inPath, inQuery, inBody };
}

/** Reads a whole JSON body. Throws `payload_too_large`, or HttpProblem for one that is not JSON. */
export async function readBody({ body }: Request): Promise<Uint8Array> {
  if (body === null) return EMPTY;
  const chunks: Uint8Array[] = [];
  for await (const chunk of bounded(body, BODY_BYTES_MAX)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Throws `payload_too_large` as soon as more than that has come. */
export async function* bounded(body: ReadableStream<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new DomainError("payload_too_large", `A JSON body may have ${bytesMax} bytes at most.`);
    yield chunk;
  }
}

/** The verb's input, gathered from wherever the route says it comes from; the verb parses it. */
export function gatherInput({ route, params }: Match, request: Request, body: Uint8Array): Record<string, unknown> {
  const { shape, inQuery, inBody } = inputsOf(route);
  const query = readQuery(new URL(request.url).searchParams, shape, inQuery);
  const members = body.byteLength === 0 ? {} : parseBody(request, body);
  const stray = Object.keys(members).filter((name) => name in shape && !inBody.includes(name));
  if (stray.length > 0)
    throw invalid(stray.map((path) => ({ path, message: "this is said by the address or a header, not by the body" })));
  const expected =
    route.ifMatch === undefined ? {} : { [route.ifMatch]: readIfMatch(request.headers, IF_MATCH[route.ifMatch]) };
  return { ...members, ...query, ...expected, ...params };
}

export function parseBody(request: Request, body: Uint8Array): Record<string, unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type))
    throw new HttpProblem("unsupported_media_type", "The body must be JSON: send Content-Type: application/json.");
  const value = parseJson(body);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new HttpProblem("malformed_request", "The body must be a JSON object.");
  return value as Record<string, unknown>;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    const because = error instanceof Error ? error.message : "";
    throw new HttpProblem("malformed_request", `The body is not JSON: ${because}`);
  }
}

/** Text of the query, as what the input is: numbers and booleans stay text elsewhere. */
function readQuery(search: URLSearchParams, shape: Shape, names: readonly string[]): Record<string, unknown> {
  const unknown = [...new Set(search.keys())].filter((name) => !names.includes(name));
  if (unknown.length > 0) throw invalid(unknown.map((path) => ({ path, message: "this parameter is not known here" })));
  const query: Record<string, unknown> = {};
  for (const name of names) {
    const [text, ...more] = search.getAll(name);
    if (text === undefined) continue;
    if (more.length > 0) throw invalid([{ path: name, message: "this parameter is given twice" }]);
    query[name] = isBoolean(shape[name]) ? readBoolean(name, text) : text;
  }
  return query;
}

function isBoolean(schema: z.ZodType | undefined): boolean {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return isBoolean(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodBoolean;
}

function readBoolean(path: string, text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw invalid([{ path, message: "this is true or false" }]);
}

/** `"41"`, also weak or bare, as people type it. Throws `precondition_required` and `invalid`. */
function readIfMatch(headers: Headers, what: string): number {
  const text = headers.get("if-match");
  if (text === null)
    throw new DomainError(
      "precondition_required",
      `Say what you have seen: send If-Match: "<${what}>". So nobody overwrites what they have not read.`,
    );
  const number = /^\s*(?:W\/)?(?:"(\d{1,9})"|(\d{1,9}))\s*$/.exec(text);
  if (number !== null) return Number(number[1] ?? number[2]);
  throw invalid([{ path: "If-Match", message: `this is one ${what} in quotes, such as "41"` }]);
}

const invalid = (fields: { path: string; message: string }[]) =>
  new DomainError("invalid", fields.map((field) => `${field.path}: ${field.message}`).join("; "), { fields });
