import { expect, test } from "vitest";
import { loadStackConfig } from "./config.ts";

const refusing = (source: Record<string, string>) => () => loadStackConfig(source, "/checkout");

test("a token that no request could carry is refused before anything starts", () => {
  expect(refusing({ SLIPWAY_ADMIN_TOKEN: "short" })).toThrow("SLIPWAY_ADMIN_TOKEN: needs at least 16 characters");
  expect(refusing({ SLIPWAY_ADMIN_TOKEN: "sixteen or more with spaces" })).toThrow(
    "SLIPWAY_ADMIN_TOKEN: is of letters",
  );
  expect(refusing({ SLIPWAY_ADMIN_TOKEN: "choose-a-long-one" })).not.toThrow();
});

test("a password that sign-in would not take is refused before anything starts", () => {
  expect(refusing({ SLIPWAY_ADMIN_PASSWORD: "p".repeat(129) })).toThrow("SLIPWAY_ADMIN_PASSWORD: may have 128");
  expect(refusing({ SLIPWAY_ADMIN_PASSWORD: "p".repeat(128) })).not.toThrow();
});

test("it listens on loopback unless every interface is asked for by name", () => {
  expect(loadStackConfig({}, "/checkout").host).toBe("127.0.0.1");
  expect(loadStackConfig({ SLIPWAY_HOST: "0.0.0.0" }, "/checkout").host).toBe("0.0.0.0");
  expect(refusing({ SLIPWAY_HOST: "example.org" })).toThrow("SLIPWAY_HOST: is 127.0.0.1 or");
});

test("a kubeconfig that is not there is refused by its name, instead of a worker that ends again and again", () => {
  expect(refusing({ KUBECONFIG: "/nowhere/kubeconfig" })).toThrow("KUBECONFIG: there is no such file");
  expect(refusing({ KUBECONFIG: import.meta.filename })).not.toThrow();
});
