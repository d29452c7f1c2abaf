import type { EnvironmentInput } from "#k8s/manifests/environment.ts";
import type { Scope } from "#k8s/manifests/manifest.ts";
import type { RevisionInput } from "#k8s/manifests/revision.ts";

export const aScope = (overrides: Partial<Scope> = {}): Scope => ({
  installationId: "11111111-2222-4333-8444-555555555555",
  environment: "shop",
  namespace: "shop-models",
  imagePrefix: "registry.example.com/slipway/",
  release: "0.1.0",
  ...overrides,
});

export const aRevision = (overrides: Partial<RevisionInput> = {}): RevisionInput => ({
  endpoint: "fraud",
  endpointUid: "aaaaaaaa-0000-4000-8000-000000000001",
  planUid: "bbbbbbbb-0000-4000-8000-000000000001",
  revision: 3,
  model: { id: "cccccccc-0000-4000-8000-000000000001", name: "Fraud / cards" },
  version: { id: "dddddddd-0000-4000-8000-000000000001", number: "7", digest: `sha256:${"0".repeat(64)}` },
  runtime: "onnx",
  replicas: { min: 1, max: 1 },
  desiredReplicas: 1,
  resources: { cpu: "1", memory: "1Gi", gpu: 0 },
  env: {},
  ...overrides,
});

export const anEnvironment = (overrides: Partial<EnvironmentInput> = {}): EnvironmentInput => ({
  gateway: { serviceType: "ClusterIP" },
  podMonitorLabels: null,
  artifacts: { readToken: "read", writeToken: "write", size: "50Gi" },
  ...overrides,
});
