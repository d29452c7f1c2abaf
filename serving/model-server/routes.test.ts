import { expect, it } from "vitest";
import { loadConfig } from "./config.ts";
import { routeOf } from "./routes.ts";

it.each([
  ["/v2", { kind: "server" }],
  ["/v2/health/live", { kind: "live" }],
  ["/v2/health/ready", { kind: "ready" }],
  ["/started", { kind: "started" }],
  ["/metrics?x=1", { kind: "metrics" }],
  ["/v2/models/m", { kind: "model", model: "m", version: undefined }],
  ["/v2/models/m/ready", { kind: "modelReady", model: "m", version: undefined }],
  ["/v2/models/m/versions/3/infer?trace=1", { kind: "infer", model: "m", version: "3" }],
  ["/v2/models/a%2Fb/infer", { kind: "infer", model: "a/b", version: undefined }],
  ["/v2/models/%ZZ/infer", { kind: "unknown" }],
  ["/v2/models/m/versions", { kind: "unknown" }],
  ["/v2/models", { kind: "unknown" }],
  ["/", { kind: "unknown" }],
  ["constructor", { kind: "unknown" }],
])("%s is the protocol's call %j", (target, route) => {
  expect(routeOf(target)).toEqual(route);
});

it("A variable that is missing or makes no sense is named", () => {
  expect(() => loadConfig({ MODEL_DIR: "/model" })).toThrow("MODEL_NAME is not set");
  const env = { MODEL_NAME: "m", MODEL_DIR: "/model" };
  expect(() => loadConfig({ ...env, WORKERS: "many" })).toThrow(/WORKERS must be a whole number from 1/);
  expect(loadConfig({ ...env, WORKERS: "3" })).toMatchObject({
    threads: 3,
    modelFile: "/model/model.onnx",
    port: 8080,
  });
});
