import { expect, test } from "vitest";
import { matchRoute } from "./match.ts";
import { openApiDocument } from "./openapi.ts";
import { ROUTES } from "./routes.ts";

type Operation = {
  operationId: string;
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: { properties?: object } }> };
};
const document = openApiDocument("1.2.3") as { paths: Record<string, Record<string, Operation>> };
const operation = (path: string, method: string) => document.paths[path]?.[method];

test("every route is described, and every part of its path is a parameter", () => {
  for (const route of ROUTES) {
    const described = operation(route.path, route.method.toLowerCase());
    expect(described?.operationId).toBe(route.verb.name);
    const inPath = described?.parameters.filter((p) => p.in === "path").map((p) => `{${p.name}}`);
    expect(inPath).toEqual(route.path.match(/\{\w+\}/g) ?? []);
  }
});

test("an input stands in exactly one place: path, query, header or body", () => {
  const traffic = operation("/endpoints/{endpoint}/traffic", "put");
  expect(traffic?.parameters.map((p) => `${p.in} ${p.name}`)).toEqual([
    "path endpoint",
    "query environment",
    "header If-Match",
    "header Idempotency-Key",
  ]);
  const body = traffic?.requestBody?.content["application/json"]?.schema.properties ?? {};
  expect(Object.keys(body)).toEqual(["entries", "reason"]);
});

test("an upload takes a file and not JSON", () => {
  expect(Object.keys(operation("/artifacts", "put")?.requestBody?.content ?? {})).toEqual(["application/octet-stream"]);
});

test("names with slashes and spaces come through a path", () => {
  const { route, params } = matchRoute("GET", "/api/v1/models/team%2Ffraud%20net/versions/3");
  expect(route.verb.name).toBe("version.get");
  expect(params).toEqual({ model: "team/fraud net", version: "3" });
});

test("an unknown path, a wrong method and a broken encoding are told apart", () => {
  expect(() => matchRoute("GET", "/api/v1/nothing")).toThrow("There is nothing at /api/v1/nothing.");
  expect(() => matchRoute("PATCH", "/api/v1/models")).toThrow("/api/v1/models takes POST, GET, not PATCH.");
  expect(() => matchRoute("GET", "/api/v1/models/%zz")).toThrow("percent-encoded");
  expect(matchRoute("HEAD", "/api/v1/models").route.verb.name).toBe("model.list");
});
