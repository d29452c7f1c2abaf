import { expect, test } from "vitest";
import type { LiveObject } from "#k8s/client/objects.ts";
import { readyPods } from "./slices.ts";

const aSlice = (service: string, endpoints: unknown, ports: unknown = [{ name: "http", port: 8080 }]): LiveObject => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "s", uid: "u", resourceVersion: "1", labels: { "kubernetes.io/service-name": service } },
  endpoints,
  ports,
});
const endpoint = (host: string, conditions?: object) => ({
  addresses: [host],
  ...(conditions === undefined ? {} : { conditions }),
  targetRef: { uid: `uid-${host}` },
});
const hosts = (slices: LiveObject[], service = "a") =>
  readyPods(slices, new Set([service]))
    .get(service)
    ?.map((pod) => pod.host);

test("ready pods of all slices of a service, and no others", () => {
  const slices = [
    aSlice("a", [
      endpoint("10.0.0.1", { ready: true }),
      endpoint("10.0.0.2", { ready: false }),
      endpoint("10.0.0.3", { ready: true, serving: true, terminating: true }),
      endpoint("10.0.0.4"),
      endpoint("10.0.0.5", {}),
    ]),
    aSlice("a", [endpoint("10.0.0.6", { ready: true })]),
    aSlice("b", [endpoint("10.0.0.7", { ready: true })]),
  ];
  expect(hosts(slices)).toEqual(["1", "4", "5", "6"].map((n) => `10.0.0.${n}`));
});

test("an emptied service is reported as empty, so that its pods are let go", () => {
  expect(hosts([aSlice("a", null)])).toEqual([]);
  expect(hosts([])).toEqual([]);
});

test("the port is the one named http, else the first; a slice without any has no pods", () => {
  const ports = [
    { name: "metrics", port: 1 },
    { name: "http", port: 2 },
  ];
  const portOf = (given: unknown) =>
    readyPods([aSlice("a", [endpoint("10.0.0.1")], given)], new Set(["a"]))
      .get("a")
      ?.map((pod) => pod.port);
  expect(portOf(ports)).toEqual([2]);
  expect(portOf([{ port: 3 }])).toEqual([3]);
  expect(portOf([])).toEqual([]);
  expect(portOf([{ name: "http", port: 70_000 }])).toEqual([]);
  expect(portOf(null)).toEqual([]);
});

test("a host name is not an address", () => {
  expect(hosts([aSlice("a", [endpoint("example.org"), endpoint("::1")])])).toEqual(["::1"]);
});
