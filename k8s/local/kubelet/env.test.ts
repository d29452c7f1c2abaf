import { expect, it } from "vitest";
import type { KubeObject } from "../store/types.ts";
import { type ContainerSpec, type EnvContext, resolveEnv } from "./env.ts";

const object = (kind: string, data: Record<string, string>): KubeObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "x", uid: "u", resourceVersion: "1", creationTimestamp: "" },
  data,
});
const pod: KubeObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "p",
    namespace: "n",
    uid: "uid-1",
    resourceVersion: "1",
    creationTimestamp: "",
    labels: { app: "web" },
  },
  spec: { nodeName: "local", containers: [] },
};
const context: EnvContext = {
  pod,
  podIp: "127.1.0.1",
  hostIp: "127.0.0.1",
  machine: { cpus: 4, memoryBytes: 8 * 2 ** 30 },
  get: (resource, name) =>
    name !== "there"
      ? undefined
      : object(resource === "secrets" ? "Secret" : "ConfigMap", { k: resource === "secrets" ? "c2VjcmV0" : "plain" }),
};
const resolve = (container: Partial<ContainerSpec>) => resolveEnv({ name: "c", image: "i", ...container }, context);

it("expands what is defined before, keeps what is unknown, and takes $$ for $", () => {
  const env = [
    { name: "A", value: "1" },
    { name: "B", value: "$(A)-$(LATER)-$$(A)" },
    { name: "LATER", value: "x" },
  ];
  expect(resolve({ env }).B).toBe("1-$(LATER)-$(A)");
});

it("reads fields, resources, Secrets and ConfigMaps; a container without limit has the whole machine", () => {
  const from = (valueFrom: Record<string, unknown>) => resolve({ env: [{ name: "V", valueFrom }] }).V;
  expect(from({ fieldRef: { fieldPath: "metadata.uid" } })).toBe("uid-1");
  expect(from({ fieldRef: { fieldPath: "metadata.labels['app']" } })).toBe("web");
  expect(from({ resourceFieldRef: { resource: "limits.cpu" } })).toBe("4");
  expect(from({ secretKeyRef: { name: "there", key: "k" } })).toBe("secret");
  expect(from({ configMapKeyRef: { name: "there", key: "k" } })).toBe("plain");
  expect(resolve({ envFrom: [{ prefix: "P_", configMapRef: { name: "there" } }] })).toEqual({ P_k: "plain" });
});

it("names what is missing, unless it is optional", () => {
  const of = (ref: Record<string, unknown>) => () =>
    resolve({ env: [{ name: "V", valueFrom: { secretKeyRef: ref as never } }] });
  expect(of({ name: "absent", key: "k" })).toThrow('secret "absent" not found');
  expect(of({ name: "there", key: "z" })).toThrow("couldn't find key z in Secret n/there");
  expect(of({ name: "absent", key: "k", optional: true })()).toEqual({});
});
