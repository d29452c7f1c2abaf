import { expect, test } from "vitest";
import { anEnvironment, aScope } from "#test/factories/manifest-input.ts";
import { type EnvironmentInput, environmentObjects } from "./environment.ts";
import type { Manifest } from "./manifest.ts";

const find = (manifests: Manifest[], kind: string, name: string) =>
  manifests.find((m) => m.kind === kind && m.metadata.name === name);

test("renders the whole of an environment", () => {
  expect(environmentObjects(aScope(), anEnvironment())).toMatchSnapshot();
});

test("the gateway takes the port it was given where it can have one", () => {
  const ports = (gateway: EnvironmentInput["gateway"]) => {
    const router = find(environmentObjects(aScope(), anEnvironment({ gateway })), "Service", "slipway-router");
    return (router?.spec as { ports: unknown[] } | undefined)?.ports;
  };
  const port = { name: "http", port: 8080, targetPort: "http", protocol: "TCP" };
  expect(ports({ serviceType: "NodePort", nodePort: 30_088 })).toEqual([{ ...port, nodePort: 30_088 }]);
  expect(ports({ serviceType: "LoadBalancer" })).toEqual([port]);
  expect(ports({ serviceType: "ClusterIP", nodePort: 30_088 })).toEqual([port]);
});

test("a PodMonitor is rendered where that kind is served, and carries the labels it is selected by", () => {
  const manifests = environmentObjects(aScope(), anEnvironment({ podMonitorLabels: { release: "prometheus" } }));
  expect(find(manifests, "PodMonitor", "slipway")?.metadata.labels).toMatchObject({ release: "prometheus" });
});

test("what a PodMonitor scrapes keeps the routers' own label endpoint: a target's port does not take its name", () => {
  const monitor = find(environmentObjects(aScope(), anEnvironment({ podMonitorLabels: {} })), "PodMonitor", "slipway");
  expect(monitor?.spec).toMatchObject({
    podMetricsEndpoints: [{ port: "http", relabelings: [{ action: "labeldrop", regex: "endpoint" }] }],
  });
});

test("tokens are in the Secret, as Kubernetes encodes them, and nowhere else", () => {
  const manifests = environmentObjects(
    aScope(),
    anEnvironment({ artifacts: { readToken: "r-token", writeToken: "w-token", size: "1Gi" } }),
  );
  const secret = find(manifests, "Secret", "slipway-artifacts");
  expect(secret?.data).toEqual({ "read-token": btoa("r-token"), "write-token": btoa("w-token") });
  const rest = JSON.stringify(manifests.filter((m) => m !== secret));
  for (const token of ["r-token", "w-token"]) {
    expect(rest).not.toContain(token);
    expect(rest).not.toContain(btoa(token));
  }
});

test("every pod is what Pod Security calls restricted, and only the router's has a token", () => {
  for (const { kind, metadata, spec } of environmentObjects(aScope(), anEnvironment())) {
    if (kind !== "Deployment") continue;
    const pod = (spec as { template: { spec: { containers: object[] } } }).template.spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: metadata.name === "slipway-router",
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    for (const container of pod.containers) {
      expect(container).toMatchObject({
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      });
    }
  }
});
