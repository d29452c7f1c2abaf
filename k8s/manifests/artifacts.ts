import { ARTIFACTS_NAME, COMPONENT, LABEL, MODEL_SERVICE_ACCOUNT } from "#domain/shared/cluster-names.ts";
import { hashed, imageOf, labelsOf, type Manifest, type Scope } from "./manifest.ts";
import {
  containerSecurity,
  fromSecret,
  httpPort,
  httpProbe,
  LIVE_PACE,
  listenEnv,
  podSecurity,
  READY_PACE,
} from "./pod.ts";

export type ArtifactsInput = {
  /** ASCII. Pods hold the first, the worker the second. */
  artifacts: { readToken: string; writeToken: string /** A quantity. */; size: string };
};

/** The artifact store: part of the data plane, so that pods start again while the control plane is away. */
export const artifactsObjects = (scope: Scope, { artifacts }: ArtifactsInput): Manifest[] =>
  [secret(scope, artifacts), volume(scope, artifacts.size), deployment(scope), service(scope)].map(hashed);

const selectorOf = (scope: Scope): Record<string, string> => ({
  [LABEL.installation]: scope.installationId,
  [LABEL.component]: COMPONENT.artifacts,
});
const labels = (scope: Scope) => labelsOf(scope, COMPONENT.artifacts, ARTIFACTS_NAME);
const metadataOf = (scope: Scope): Manifest["metadata"] => ({
  name: ARTIFACTS_NAME,
  namespace: scope.namespace,
  labels: labels(scope),
});

const secret = (scope: Scope, tokens: { readToken: string; writeToken: string }): Manifest => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: metadataOf(scope),
  type: "Opaque",
  data: { "read-token": btoa(tokens.readToken), "write-token": btoa(tokens.writeToken) },
});

const volume = (scope: Scope, size: string): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: metadataOf(scope),
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
});

const FOLDER = "/slipway/artifacts";

const deployment = (scope: Scope): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: metadataOf(scope),
  spec: {
    replicas: 1,
    revisionHistoryLimit: 2,
    progressDeadlineSeconds: 600,
    // Its volume can be mounted by one pod at a time.
    strategy: { type: "Recreate" },
    selector: { matchLabels: selectorOf(scope) },
    template: {
      metadata: { labels: labels(scope) },
      spec: {
        serviceAccountName: MODEL_SERVICE_ACCOUNT,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 30,
        securityContext: podSecurity,
        containers: [container(scope)],
        volumes: [{ name: "artifacts", persistentVolumeClaim: { claimName: ARTIFACTS_NAME } }],
      },
    },
  },
});

const container = (scope: Scope) => ({
  name: "artifacts",
  image: imageOf(scope, "artifacts"),
  ports: [httpPort],
  env: [
    ...listenEnv(),
    { name: "ARTIFACTS_DIR", value: FOLDER },
    fromSecret("READ_TOKEN", ARTIFACTS_NAME, "read-token"),
    fromSecret("WRITE_TOKEN", ARTIFACTS_NAME, "write-token"),
  ],
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "1Gi" } },
  securityContext: containerSecurity,
  volumeMounts: [{ name: "artifacts", mountPath: FOLDER }],
  readinessProbe: httpProbe("/health/ready", READY_PACE),
  livenessProbe: httpProbe("/health/live", LIVE_PACE),
});

const service = (scope: Scope): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: metadataOf(scope),
  spec: {
    selector: selectorOf(scope),
    ports: [{ name: httpPort.name, port: httpPort.containerPort, targetPort: httpPort.name, protocol: "TCP" }],
  },
});
