import { expect, test } from "vitest";
import { differencesOf } from "./differences.ts";
import { gatewayOf } from "./environment.ts";
import { artifactTokens } from "./render.ts";

test("an environment's tokens are the same every time, and differ by purpose, environment and key", () => {
  const one = artifactTokens("a-secret-key", "env-1");
  expect(artifactTokens("a-secret-key", "env-1")).toEqual(one);
  const all = [one, artifactTokens("a-secret-key", "env-2"), artifactTokens("another-key", "env-1")];
  expect(new Set(all.flatMap(({ readToken, writeToken }) => [readToken, writeToken])).size).toBe(6);
  expect(one.readToken).toMatch(/^[0-9a-f]{64}$/);
});

test("a gateway on this machine asks for its port, another for none", () => {
  const of = (serviceType: string, gatewayUrl: string) => gatewayOf({ serviceType, gatewayUrl });
  expect(of("NodePort", "http://127.0.0.1:8088")).toEqual({ serviceType: "NodePort", nodePort: 8088 });
  expect(of("LoadBalancer", "https://models.example.org:8443")).toEqual({ serviceType: "LoadBalancer" });
  expect(of("nonsense", "http://127.0.0.1")).toEqual({ serviceType: "ClusterIP" });
});

test("differences are named by their path, down to the value", () => {
  const before = { spec: { replicas: 1, list: [{ a: 1 }], gone: "x" } };
  const after = { spec: { replicas: 2, list: [{ a: 1, b: 2 }], made: { deep: true } } };
  expect(differencesOf(before, after)).toEqual([
    { path: "spec.replicas", from: 1, to: 2 },
    { path: "spec.list.0.b", from: null, to: 2 },
    { path: "spec.gone", from: "x", to: null },
    { path: "spec.made", from: null, to: { deep: true } },
  ]);
  expect(differencesOf(before, structuredClone(before))).toEqual([]);
});
