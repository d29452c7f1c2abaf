import { z } from "zod";
import { rolesThatCan } from "#domain/access/matrix.ts";
import { inputsOf } from "./input.ts";
import { ROUTES, type Route } from "./routes.ts";

type Json = Record<string, unknown>;

const PROBLEM: Json = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "requestId"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string" },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

const IDEMPOTENCY_KEY: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "The same key with the same body is answered from storage for 24 hours.",
  schema: { type: "string", maxLength: 255 },
};

/** The OpenAPI 3.1 document of /api/v1, made from the route table and the verbs' own schemas. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of ROUTES) {
    const path = paths[route.path] ?? {};
    paths[route.path] = { ...path, [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Slipway", version, description: "Machine-learning models in production on Kubernetes." },
    servers: [{ url: "/api/v1" }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: { Problem: PROBLEM },
    },
  };
}

function operation(route: Route): Json {
  const { verb, status = 200 } = route;
  const { inBody } = inputsOf(route);
  return {
    operationId: verb.name,
    tags: [route.path.split("/")[1]],
    description: `For ${rolesThatCan(verb.permission).join(", ")} (${verb.permission}).`,
    parameters: parametersOf(route),
    ...(route.upload ? { requestBody: fileBody } : {}),
    ...(inBody.length > 0 && hasBody(route) ? { requestBody: jsonBody(route, inBody) } : {}),
    responses: {
      [status]: {
        description: "Done.",
        content:
          route.media === undefined
            ? { "application/json": { schema: toJsonSchema(verb.output, "output") } }
            : { [route.media]: { schema: { type: "string" } } },
      },
      default: {
        description: "Refused or failed; `code` says why.",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

const hasBody = (route: Route) => route.method === "POST" || route.method === "PUT";
const fileBody: Json = {
  required: true,
  content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
};

function parametersOf(route: Route): Json[] {
  const { shape, inPath, inQuery } = inputsOf(route);
  const schemaOf = (name: string) => toJsonSchema(shape[name] ?? z.string(), "input");
  return [
    ...inPath.map((name) => ({ name, in: "path", required: true, schema: schemaOf(name) })),
    ...inQuery.map((name) => ({ name, in: "query", required: false, schema: schemaOf(name) })),
    ...(route.ifMatch === undefined
      ? []
      : [{ name: "If-Match", in: "header", required: true, schema: { type: "string" }, example: '"41"' }]),
    ...(route.method === "GET" ? [] : [IDEMPOTENCY_KEY]),
  ];
}

function jsonBody(route: Route, names: readonly string[]): Json {
  const { shape } = inputsOf(route);
  const members = Object.fromEntries(names.flatMap((name) => (shape[name] ? [[name, shape[name]]] : [])));
  const schema = toJsonSchema(z.strictObject(members), "input");
  return { required: "required" in schema, content: { "application/json": { schema } } };
}

function toJsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return json;
}
