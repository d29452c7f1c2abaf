import { expect, it } from "vitest";
import type { KubeObject } from "../store/types.ts";
import { inOrder } from "./forward.ts";
import { listenersOf } from "./table.ts";

const metadata = { name: "web", namespace: "n", uid: "u", resourceVersion: "1", creationTimestamp: "" };
const service = (spec: Record<string, unknown>): KubeObject => ({ apiVersion: "v1", kind: "Service", metadata, spec });
const endpoint = (address: string, ready: boolean, serving: boolean) => ({
  addresses: [address],
  conditions: { ready, serving },
});
const slice = (...endpoints: unknown[]): KubeObject => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata,
  ports: [{ name: "http", port: 8080 }],
  endpoints,
});
const ports = [{ name: "http", port: 80, nodePort: 30_080 }];

it("sends to ready endpoints only", () => {
  const [listener] = listenersOf(service({ clusterIP: "127.9.0.1", ports }), [
    slice(endpoint("127.1.0.1", true, true), endpoint("127.1.0.2", false, true)),
  ]);
  expect(listener).toEqual({
    service: "n/web",
    host: "127.9.0.1",
    port: 80,
    endpoints: [{ host: "127.1.0.1", port: 8080 }],
  });
});

it("falls back to terminating endpoints that still serve when none is ready", () => {
  const [listener] = listenersOf(service({ clusterIP: "127.9.0.1", ports }), [
    slice(endpoint("127.1.0.1", false, false), endpoint("127.1.0.2", false, true)),
  ]);
  expect(listener?.endpoints).toEqual([{ host: "127.1.0.2", port: 8080 }]);
});

it("opens a node port for NodePort and LoadBalancer services, and none for headless ones", () => {
  const at = (spec: Record<string, unknown>) =>
    listenersOf(service({ ...spec, ports }), []).map(({ host, port }) => `${host}:${port}`);
  expect(at({ clusterIP: "127.9.0.1", type: "NodePort" })).toEqual(["127.9.0.1:80", "127.0.0.1:30080"]);
  expect(at({ clusterIP: "127.9.0.1", type: "LoadBalancer" })).toEqual(["127.9.0.1:80", "127.0.0.1:30080"]);
  expect(at({ clusterIP: "None" })).toEqual([]);
});

it("opens node ports, and nothing else, where it is told to", () => {
  const listeners = listenersOf(service({ clusterIP: "127.9.0.1", type: "NodePort", ports }), [], "0.0.0.0");
  expect(listeners.map(({ host, port }) => `${host}:${port}`)).toEqual(["127.9.0.1:80", "0.0.0.0:30080"]);
});

it("keeps a Service without endpoints listening", () => {
  expect(listenersOf(service({ clusterIP: "127.9.0.1", ports }), [])[0]?.endpoints).toEqual([]);
});

it("tries the least busy endpoint first and equal ones in turn", () => {
  const [a, b] = [
    { host: "a", port: 1 },
    { host: "b", port: 1 },
  ];
  expect(inOrder([a, b], new Map([["a:1", 3]]), 0)).toEqual([b, a]);
  expect(inOrder([a, b], new Map(), 0)[0]).toBe(a);
  expect(inOrder([a, b], new Map(), 1)[0]).toBe(b);
});
