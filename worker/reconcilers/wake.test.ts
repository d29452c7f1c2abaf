import { expect, test } from "vitest";
import type { ClusterObject, ObjectChange } from "#server/ports/cluster.ts";
import { isArtifactStore, keysOf } from "./wake.ts";

const environment = {
  environmentId: "env",
  unproven: new Set(["u1", "u2"]),
  awaitedDigests: ["sha256:aa"],
  endpointOf: () => undefined,
};

const object = (kind: string, labels: Record<string, string>, more: Partial<ClusterObject> = {}): ClusterObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "x", uid: "uid-x", resourceVersion: "2", labels },
  ...more,
});
const router = { "slipway.dev/component": "router" };
const artifacts = { "slipway.dev/component": "artifacts" };
const change = (next: ClusterObject, previous: ClusterObject | null = null, gone = false): ObjectChange => ({
  object: next,
  previous,
  gone,
});
const lease = (acks: Record<string, number>) =>
  object("Lease", router, {
    metadata: {
      name: "router-1",
      uid: "lease",
      resourceVersion: "1",
      annotations: { "slipway.dev/acks": JSON.stringify(acks) },
      ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "router-1", uid: "pod-1" }],
    },
  });

test("an acknowledgement concerns only the endpoints whose number is new", () => {
  expect(keysOf(change(lease({ a: 1, b: 2 })), environment)).toEqual(["endpoint/a", "endpoint/b"]);
  expect(keysOf(change(lease({ a: 1, b: 3 }), lease({ a: 1, b: 2 })), environment)).toEqual(["endpoint/b"]);
  expect(keysOf(change(lease({ a: 1 }), lease({ a: 1 })), environment)).toEqual([]);
  expect(keysOf(change(lease({ a: 1 }), null, true), environment)).toEqual([]);
});

test("a Lease that says nonsense concerns nobody", () => {
  const nonsense = lease({});
  nonsense.metadata.annotations = { "slipway.dev/acks": "{" };
  expect(keysOf(change(nonsense), environment)).toEqual([]);
});

test("an endpoint's object concerns that endpoint", () => {
  const labels = { "slipway.dev/component": "model", "slipway.dev/endpoint-uid": "u9" };
  for (const kind of ["ConfigMap", "Deployment", "EndpointSlice", "Pod"])
    expect(keysOf(change(object(kind, labels)), environment)).toEqual(["endpoint/u9"]);
});

test("a router pod that comes, goes or ends concerns every plan that lacks its proof; its heartbeats nobody", () => {
  const pod = (phase: string) => object("Pod", router, { status: { phase } });
  const all = ["endpoint/u1", "endpoint/u2"];
  expect(keysOf(change(pod("Pending")), environment)).toEqual(all);
  expect(keysOf(change(pod("Failed"), pod("Running")), environment)).toEqual(all);
  expect(keysOf(change(pod("Running"), pod("Running"), true), environment)).toEqual(all);
  expect(keysOf(change(pod("Running"), pod("Running")), environment)).toEqual([]);
});

test("the artifact store's readiness concerns what is waited for, its Deployment the environment", () => {
  const slice = change(object("EndpointSlice", artifacts));
  expect(keysOf(slice, environment)).toEqual(["artifact/env/sha256:aa"]);
  expect(isArtifactStore(slice)).toBe(true);
  expect(isArtifactStore(change(object("EndpointSlice", router)))).toBe(false);
  expect(keysOf(change(object("Deployment", artifacts)), environment)).toEqual(["environment/env"]);
  expect(keysOf(change(object("Deployment", router)), environment)).toEqual(["environment/env"]);
});
