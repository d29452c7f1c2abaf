import { expect, it } from "vitest";
import { withAddresses, withFolders } from "./substitute.ts";

const mounts = [
  { mountPath: "/models", folder: "/var/p/models" },
  { mountPath: "/models/extra", folder: "/var/p/extra" },
  { mountPath: "/data/", folder: "/var/p/data" },
];

it.each([
  ["/models", "/var/p/models"],
  ["/models/model.onnx", "/var/p/models/model.onnx"],
  ["--dir=/models", "--dir=/var/p/models"],
  ["/models/extra/x", "/var/p/extra/x"],
  ["a:/models:/data/y", "a:/var/p/models:/var/p/data/y"],
  ["/modelsX", "/modelsX"],
  ["/opt/models", "/opt/models"],
  ["http://host/models", "http://host/models"],
])("puts folders for whole path segments only: %s", (text, expected) => {
  expect(withFolders(text, mounts)).toBe(expected);
});

const clusterIp = (namespace: string, name: string) =>
  namespace === "n" && name === "store" ? "127.9.0.1" : undefined;

it.each([
  ["http://store.n.svc:8080/x", "http://127.9.0.1:8080/x"],
  ["store.n.svc.cluster.local", "127.9.0.1"],
  ["store.n.svc.cluster.local.", "127.9.0.1"],
  ["store.other.svc", "store.other.svc"],
  ["x.store.n.svc", "x.store.n.svc"],
  ["store.n.svc.example.org", "store.n.svc.example.org"],
])("puts addresses for known services only: %s", (text, expected) => {
  expect(withAddresses(text, clusterIp)).toBe(expected);
});
