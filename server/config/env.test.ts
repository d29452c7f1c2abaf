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
  expect([config.prometheus, config.admin.token]).toEqual([undefined, undefined]);
});

test("a first administrator is given no password that sign-in would not take", () => {
  const password = (length: number) => loadConfig({ ...needed, SLIPWAY_ADMIN_PASSWORD: "p".repeat(length) });
  expect(password(128).admin.password).toHaveLength(128);
  expect(() => password(129)).toThrow("SLIPWAY_ADMIN_PASSWORD: may have 128 characters");
});

test("what opens Prometheus is a variable of its own, kept out of its address and never repeated", () => {
  const prometheus = (more: object) =>
    loadConfig({ ...needed, PROMETHEUS_URL: "https://p.example/api", ...more }).prometheus;
  expect(prometheus({})).toEqual({ url: new URL("https://p.example/api"), authorization: undefined });
  expect(prometheus({ PROMETHEUS_AUTHORIZATION: "Bearer abc.def" })?.authorization).toBe("Bearer abc.def");
  const refusal = (more: object) => {
    try {
      return JSON.stringify(prometheus(more)?.authorization);
    } catch (error) {
      return String(error);
    }
  };
  for (const wrong of ["s3cret", "Bearer ", "Bearer s3cret\nHost: x"])
    expect(refusal({ PROMETHEUS_AUTHORIZATION: wrong })).toContain("PROMETHEUS_AUTHORIZATION: is a scheme");
  expect(refusal({ PROMETHEUS_AUTHORIZATION: "s3cret" })).not.toContain("s3cret");
  const withPassword = refusal({ PROMETHEUS_URL: "https://me:s3cret@p.example" });
  expect(withPassword).toContain("PROMETHEUS_URL: may hold no password");
  expect(withPassword).not.toContain("s3cret");
  expect(refusal({ PROMETHEUS_URL: "ftp://p.example" })).toContain("PROMETHEUS_URL: needs an http");
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
