import { expect, test } from "vitest";
import { loadConfig } from "./env.ts";

const needed = { DATABASE_URL: "postgresql://u@127.0.0.1/slipway", SLIPWAY_SECRET_KEY: "0123456789abcdef" };

test("every bad variable is named at once", () => {
  expect(() =>
    loadConfig({ SLIPWAY_SECRET_KEY: "short", SLIPWAY_GATEWAY_PORT: "0", PROMETHEUS_URL: "nowhere" }),
  ).toThrow(/DATABASE_URL[\s\S]*PROMETHEUS_URL[\s\S]*SLIPWAY_SECRET_KEY[\s\S]*SLIPWAY_GATEWAY_PORT/);
});

test("an empty variable is an unset one", () => {
  const config = loadConfig({ ...needed, PROMETHEUS_URL: "", SLIPWAY_ADMIN_TOKEN: "" });
  expect([config.prometheusUrl, config.admin.token]).toEqual([undefined, undefined]);
});

test("the local environment's gateway is where the gateway port is, unless something says otherwise", () => {
  const gateway = (more: object) => loadConfig({ ...needed, ...more }).localEnvironment.gatewayUrl;
  expect(gateway({})).toBe("http://127.0.0.1:8088");
  expect(gateway({ SLIPWAY_GATEWAY_PORT: "9000" })).toBe("http://127.0.0.1:9000");
  expect(gateway({ SLIPWAY_GATEWAY_PORT: "9000", SLIPWAY_GATEWAY_URL: "https://g.example" })).toBe("https://g.example");
  expect(gateway({ SLIPWAY_LOCAL_ENVIRONMENT: '{"gatewayUrl":"https://own.example"}' })).toBe("https://own.example");
});

test("an environment that is no JSON, or holds what is not known, is refused by its variable's name", () => {
  expect(() => loadConfig({ ...needed, SLIPWAY_LOCAL_ENVIRONMENT: "{" })).toThrow(
    "SLIPWAY_LOCAL_ENVIRONMENT: is not JSON",
  );
  expect(() => loadConfig({ ...needed, SLIPWAY_LOCAL_ENVIRONMENT: '{"nmae":"x"}' })).toThrow(
    "SLIPWAY_LOCAL_ENVIRONMENT",
  );
});
