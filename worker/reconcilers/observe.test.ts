import { expect, test } from "vitest";
import type { ClusterObject } from "#server/ports/cluster.ts";
import { acksOf, readyAddresses, replicasOf, routerPodsOf, troubleOf } from "./observe.ts";

const object = (fields: Record<string, unknown>, labels: Record<string, string> = {}): ClusterObject => ({
  apiVersion: "v1",
  kind: "Any",
  metadata: { name: "p-1", uid: "u-1", resourceVersion: "1", labels, creationTimestamp: "2026-01-01T00:00:00Z" },
  ...fields,
});
const slice = (endpoints: unknown) => object({ endpoints }, { "kubernetes.io/service-name": "e-r1" });

test("ready are the addresses not said to be unready, each once, over all slices of the Service", () => {
  const slices = [
    slice([
      { addresses: ["127.1.0.1"], conditions: { ready: true } },
      { addresses: ["127.1.0.2"], conditions: { ready: false } },
      { addresses: ["127.1.0.3"] },
    ]),
    slice([{ addresses: ["127.1.0.1"], conditions: { ready: true } }]),
    slice(null),
    slice("nonsense"),
    object({ endpoints: [{ addresses: ["127.1.0.9"] }] }, { "kubernetes.io/service-name": "e-r10" }),
  ];
  expect(readyAddresses(slices, "e-r1")).toEqual(["127.1.0.1", "127.1.0.3"]);
});

test("router pods are told by their label; one without a node or phase is still counted", () => {
  const pods = [
    object({ spec: { nodeName: "n1" }, status: { phase: "Running" } }, { "slipway.dev/component": "router" }),
    object({}, { "slipway.dev/component": "router" }),
    object({}, { "slipway.dev/component": "model" }),
  ];
  expect(routerPodsOf(pods).map(({ node, phase }) => [node, phase])).toEqual([
    ["n1", "Running"],
    ["no node", "Unknown"],
  ]);
});

test("a Lease without an owner, annotation or sense acknowledges nothing", () => {
  const lease = (text: string | undefined, owned = true) => {
    const made = object({});
    if (text !== undefined) made.metadata.annotations = { "slipway.dev/acks": text };
    if (owned) made.metadata.ownerReferences = [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "pod" }];
    return acksOf(made);
  };
  expect(lease('{"a":3}')).toEqual({ podUid: "pod", acks: { a: 3 } });
  for (const text of [undefined, "", "{", '{"a":"3"}', "[]"]) expect(lease(text)).toBeNull();
  expect(lease('{"a":3}', false)).toBeNull();
});

test("trouble is told in the cluster's words, without the seconds of a back-off", () => {
  const pod = (status: object) => object({ status });
  expect(troubleOf([pod({}), object({})])).toBeNull();
  expect(
    troubleOf([
      pod({
        containerStatuses: [
          {
            name: "server",
            state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 20s" } },
            lastState: { terminated: { exitCode: 3 } },
          },
        ],
      }),
    ]),
  ).toEqual({ reason: "CrashLoopBackOff", message: "Pod p-1, container server: its last run ended with code 3." });
  expect(
    troubleOf([pod({ initContainerStatuses: [{ name: "fetch", state: { waiting: { reason: "PodInitializing" } } }] })]),
  ).toBeNull();
  expect(
    troubleOf([
      pod({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "no GPU" }] }),
    ]),
  ).toEqual({ reason: "Unschedulable", message: "Pod p-1: no GPU" });
});

test("a Deployment that names no replicas asks for one", () => {
  expect(replicasOf(null)).toEqual({ asked: 0, ready: 0 });
  expect(replicasOf(object({ spec: {} }))).toEqual({ asked: 1, ready: 0 });
  expect(replicasOf(object({ spec: { replicas: 3 }, status: { readyReplicas: 2 } }))).toEqual({ asked: 3, ready: 2 });
});
