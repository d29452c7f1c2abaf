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
      endpoint("1", { ready: true }),
      endpoint("2", { ready: false }),
      endpoint("3", { ready: true, serving: true, terminating: true }),
      endpoint("4"),
      endpoint("5", {}),
    ]),
    aSlice("a", [endpoint("6", { ready: true })]),
    aSlice("b", [endpoint("7", { ready: true })]),
  ];
  expect(hosts(slices)).toEqual(["1", "4", "5", "6"]);
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
    readyPods([aSlice("a", [endpoint("1")], given)], new Set(["a"]))
      .get("a")
      ?.map((pod) => pod.port);
  expect(portOf(ports)).toEqual([2]);
  expect(portOf([{ port: 3 }])).toEqual([3]);
  expect(portOf([])).toEqual([]);
  expect(portOf(null)).toEqual([]);
});
